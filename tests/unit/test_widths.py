"""Local thickness and chords of shapes whose widths are known, and of random tiles done plainly."""

import itertools

import numpy as np
import pytest

from rockrec.transport import chord_lengths, local_thickness, measure_widths


def disc(radius, size):
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    return (rows**2 + columns**2 <= radius**2).astype(np.uint8)


def thickness_done_plainly(image):
    """Every disc about every place, half pixels, laid one by one."""
    height, width = image.shape
    found = np.zeros(image.shape)
    others = np.argwhere(image == 0)
    for i, j in itertools.product(np.arange(2 * height + 1) / 2, np.arange(2 * width + 1) / 2):
        # Of a pixel (y, x) the square from y to y + 1.
        nearest = np.clip((i, j), others, others + 1)
        radius = np.sqrt(((nearest - (i, j)) ** 2).sum(axis=1)).min()
        if radius == 0:
            continue
        rows, columns = np.mgrid[:height, :width] + 0.5
        held = np.hypot(rows - i, columns - j) < radius + 0.5 - 1e-9
        found[held] = np.maximum(found[held], 2 * radius)
    return np.where(image > 0, found, 0)


@pytest.mark.parametrize("width", range(1, 10))
def test_a_bar_is_as_thick_as_it_is(width):
    tile = np.zeros((30, 40), np.uint8)
    tile[10 : 10 + width] = 1
    assert (local_thickness(tile)[tile > 0] == width).all()
    assert (local_thickness(tile.T)[tile.T > 0] == width).all()
    assert (local_thickness(tile)[tile == 0] == 0).all()


@pytest.mark.parametrize("radius", [3.5, 6.5, 10.5, 16.5, 30.5])
def test_a_disc_is_as_thick_as_its_diameter_to_its_steps(radius):
    tile = disc(radius, 75)
    thickness = local_thickness(tile)[tile > 0]
    assert 2 * radius - 1.5 < thickness.max() <= 2 * radius
    assert np.mean(thickness > thickness.max() - 1) > 0.98


def test_a_long_bar_with_a_wide_place_has_two_widths():
    tile = np.zeros((60, 120), np.uint8)
    tile[28:32] = 1
    tile[10:50, 40:80] = disc(20, 40)
    thickness = local_thickness(tile)
    assert (thickness[29, :30] == 4).all()
    assert thickness[29, 60] > 37


def test_beyond_the_tile_a_disc_does_not_end():
    tile = np.ones((20, 20), np.uint8)
    tile[:, 0] = 0  # as far as the tile shows, nothing else bounds it
    assert local_thickness(tile)[10, 19] > 19
    assert np.isnan(local_thickness(np.ones((8, 8), np.uint8))).all()
    assert (local_thickness(np.zeros((8, 8), np.uint8)) == 0).all()


@pytest.mark.parametrize("phi", [0.2, 0.6, 0.9])
def test_random_tiles_are_as_thick_as_plainly_done(phi):
    for seed in range(4):
        tile = (np.random.default_rng(seed).uniform(size=(13, 17)) < phi).astype(np.uint8)
        np.testing.assert_allclose(local_thickness(tile), thickness_done_plainly(tile), atol=1e-9)


def test_thickness_turns_with_the_tile():
    tile = (np.random.default_rng(3).uniform(size=(40, 40)) < 0.8).astype(np.uint8)
    thickness = local_thickness(tile)
    assert (local_thickness(tile.T) == thickness.T).all()
    assert (local_thickness(tile[::-1]) == thickness[::-1]).all()


def chords_of(tile, axis):
    lengths, often = chord_lengths(tile, axis)
    return dict(zip(lengths[often > 0].tolist(), often[often > 0].tolist(), strict=True))


def test_chords_of_bars_are_their_widths():
    tile = np.zeros((20, 30), np.uint8)
    tile[:, 4:7] = tile[:, 12:17] = 1
    assert chords_of(tile, "x") == {3: 20 / 26, 5: 20 / 24}
    assert chords_of(tile, "y") == {}  # all cut by the edges
    assert chords_of(tile.T, "y") == chords_of(tile, "x")


def test_chords_that_the_edge_cuts_are_left_out():
    tile = np.array([[1, 1, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1, 0]])
    assert chords_of(tile, "x") == {1: 1 / 5, 5: 1 / 1}
    with pytest.raises(ValueError, match="2 px hold no whole chord"):
        chord_lengths(np.ones((5, 2)), "x")
    with pytest.raises(ValueError, match="axis 'z'"):
        chord_lengths(tile, "z")


def test_chords_of_noise_are_geometric_however_small_the_tile():
    """In a row of independent pixels a chord of l px begins at a share (1 - φ)² φ^l of them.

    What small tiles cut, or show seldom, makes no difference.
    """
    phi, lengths = 0.7, np.arange(1, 6)
    rng = np.random.default_rng(0)
    for side in (8, 16, 64):
        tile = (rng.uniform(size=(400_000 // side, side)) < phi).astype(np.uint8)
        found = chord_lengths(tile, "x")[1][:5] / len(tile)
        assert found == pytest.approx((1 - phi) ** 2 * phi**lengths, rel=0.05)


def test_a_table_has_the_widths_of_each_tile_in_micrometres():
    tiles = np.zeros((3, 12, 20), np.uint8)
    tiles[0, :, 5:8] = tiles[2, 4:6] = 1
    table = measure_widths(tiles, 500.0)
    assert table["tile"].tolist() == [0, 0, 2, 2]
    assert table["quantity"].tolist() == [
        "local_thickness",
        "chord_x",
        "local_thickness",
        "chord_y",
    ]
    assert table["width_px"].tolist() == [3, 3, 2, 2]
    assert table["width_um"].tolist() == [1.5, 1.5, 1.0, 1.0]
    assert table["weight"].tolist() == [36, 12 / 16, 40, 20 / 9]


def test_no_widths_give_an_empty_table_and_bad_input_is_refused():
    for stack in (np.zeros((0, 8, 8), np.uint8), np.zeros((2, 8, 8), np.uint8)):
        assert len(measure_widths(stack, 50.0)) == 0
    with pytest.raises(ValueError):
        measure_widths(np.full((1, 8, 8), 7, np.uint8), 50.0)
    with pytest.raises(ValueError):
        measure_widths(np.zeros((1, 8, 8), np.uint8), 0.0)

"""Reducing a binary window: the phase fraction stays, or dilates as the paper's code does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rockrec.images import read_stack, stack_pixel_size
from rockrec.plain.windows import Window, split_windows
from rockrec.resizing import changes, compare_sizes, warning
from rockrec.tiles import any_nonzero, cut_tiles, disjoint_tiles, keep_fraction, write_tiles


def gaussian_medium(phi, size, sigma, seed):
    field = gaussian_filter(np.random.default_rng(seed).standard_normal((size, size)), sigma)
    return (field > np.quantile(field, 1 - phi)).astype(np.uint8)


@given(
    seed=st.integers(0, 10**6),
    phi=st.floats(0, 1),
    size=st.sampled_from([8, 16, 32]),
    factor=st.sampled_from([1, 2, 3, 4, 8]),
)
def test_keep_fraction_keeps_the_phase_fraction(seed, phi, size, factor):
    rng = np.random.default_rng(seed)
    image = (rng.random((size * factor, size * factor)) < phi).astype(np.uint8)
    tile = keep_fraction(image, size)
    assert tile.shape == (size, size)
    assert set(np.unique(tile)) <= {0, 1}
    assert abs(tile.mean() - image.mean()) <= 0.5 / size**2 + 1e-12


def test_keep_fraction_returns_blocks_as_pixels():
    tile = gaussian_medium(0.35, 32, 2, seed=1)
    blown_up = np.kron(tile, np.ones((4, 4), np.uint8))
    assert np.array_equal(keep_fraction(blown_up, 32), tile)
    assert np.array_equal(keep_fraction(tile, 32), tile)


def test_ties_go_to_the_pixel_with_more_phase_around_it():
    image = np.zeros((16, 16), np.uint8)
    image[4:8, 4:6] = 1  # half of the pixel (1, 1) ...
    image[4:8, 10:12] = 1  # ... half of (1, 2) ...
    image[4:8, 12:16] = 1  # ... which lies beside a full one, (1, 3)
    tile = keep_fraction(image, 4)
    assert tile.sum() == 2
    assert tile[1, 3] == 1
    assert tile[1, 2] == 1


def test_any_nonzero_dilates_as_the_paper_reports():
    """512 to 128 px: φ 0.350 becomes 0.402 (known numbers of the paper's own resizing)."""
    image = gaussian_medium(0.35, 512, 9, seed=3)
    assert image.mean() == pytest.approx(0.35, abs=1e-3)
    touched = any_nonzero(image, 128)
    # The two pixels in the middle of each 4 x 4 block, as bilinear interpolation reads them.
    expected = image.reshape(128, 4, 128, 4)[:, 1:3, :, 1:3].max(axis=(1, 3))
    assert np.array_equal(touched, expected)
    assert touched.mean() > image.mean() + 0.005


def test_tiles_come_in_the_order_of_their_windows():
    mosaic = (np.random.default_rng(0).random((40, 60)) < 0.3).astype(np.uint8)
    windows = [Window(0, 0, "train"), Window(20, 30, "gap"), Window(5, 11, "heldout")]
    tiles = cut_tiles(mosaic, 1, windows, 10, 10, "keep_fraction", threads=2)
    for tile, (row, column, _) in zip(tiles, windows, strict=True):
        assert np.array_equal(tile, mosaic[row : row + 10, column : column + 10])


def test_the_table_says_what_each_tile_of_the_stack_is(tmp_path):
    mosaic = (np.random.default_rng(0).random((40, 160)) < 0.3).astype(np.uint8)
    windows = split_windows(40, 160, 20, 5, 0.2, 0.3)
    path = tmp_path / "tiles.tif"
    table = write_tiles(path, mosaic, 1, windows, 20, 10, "keep_fraction", 50.0, threads=2)
    stack = read_stack(path)
    assert stack_pixel_size(path) == pytest.approx(100.0)
    assert list(table) == ["row", "column", "split", "disjoint", "phase_fraction"]
    assert [tuple(line[:3]) for line in table.itertuples(index=False)] == windows
    assert np.array_equal(table["phase_fraction"], stack.mean(axis=(1, 2)))
    for part in ("train", "validation", "heldout"):
        chosen = table.iloc[disjoint_tiles(table, part)]
        assert len(chosen) and set(chosen["split"]) == {part}
        covered = np.zeros(mosaic.shape, int)
        for row, column in zip(chosen["row"], chosen["column"], strict=True):
            covered[row : row + 20, column : column + 20] += 1
        assert covered.max() == 1


def test_bad_sizes_and_modes_are_refused():
    mosaic = np.zeros((40, 60), np.uint8)
    with pytest.raises(ValueError, match="window 10 px is no whole multiple of the tile size 4"):
        cut_tiles(mosaic, 1, [Window(0, 0, "train")], 10, 4, "keep_fraction")
    with pytest.raises(ValueError, match="'nearest' is none of keep_fraction, any_nonzero"):
        cut_tiles(mosaic, 1, [Window(0, 0, "train")], 10, 5, "nearest")


def test_only_the_phase_of_interest_is_cut():
    labels = np.random.default_rng(0).integers(0, 4, (40, 60)).astype(np.uint8)
    (tile,) = cut_tiles(labels, 3, [Window(4, 7, "train")], 16, 16, "keep_fraction")
    assert np.array_equal(tile, labels[4:20, 7:23] == 3)


def test_resizing_is_told_by_phase_fraction_and_lineal_path():
    """Blocks of 8 px survive a factor of 4; their dilation by the paper's code is seen."""
    windows = [
        np.kron(gaussian_medium(0.3, 16, 1, seed), np.ones((8, 8), np.uint8)) for seed in range(5)
    ]
    kept = compare_sizes(windows, [keep_fraction(image, 32) for image in windows], 50.0)
    before, after = (kept[kept["stage"] == stage] for stage in ("before", "after"))
    assert after["phase_fraction"].iloc[0] == pytest.approx(before["phase_fraction"].iloc[0])
    assert after["lag_um"].iloc[1] == pytest.approx(0.2)
    assert after["mean"].iloc[0] == pytest.approx(before["mean"].iloc[0])
    speckled = [image ^ (np.indices(image.shape).sum(0) % 11 == 0) for image in windows]
    dilated = compare_sizes(speckled, [any_nonzero(image, 32) for image in speckled], 50.0)
    fractions = dilated.groupby("stage")["phase_fraction"].first()
    assert fractions["after"] > fractions["before"] + 0.03


def test_what_is_lost_by_resizing_is_counted_and_warned_of():
    """Four squares of 6 px outlast a factor of 2; of 12 specks of one pixel none does."""
    image = np.zeros((64, 64), np.uint8)
    for row, column in ((4, 4), (4, 40), (40, 4), (40, 40)):
        image[row : row + 6, column : column + 6] = 1
    kept = compare_sizes([image], [image[::2, ::2]], 50.0)
    assert changes(kept) == {"pores": 0, "clusters": 0} and warning(kept) == ""
    image[17:30:2, 21] = image[33, 21:31:2] = 1
    lost = compare_sizes([image], [keep_fraction(image, 32)], 50.0)
    assert lost.groupby("stage")["pores"].first()["before"] == 16
    assert changes(lost)["pores"] < -0.5 and "pores -" in warning(lost)
    # A diagonal pair is one pore and two clusters.
    pair = np.zeros((64, 64), np.uint8)
    pair[10, 10] = pair[11, 11] = 1
    counted = compare_sizes([pair], [pair], 50.0).iloc[0]
    assert (counted["pores"], counted["clusters"]) == (1, 2)
    nothing = compare_sizes([0 * pair], [0 * pair], 50.0)
    assert changes(nothing) == {"pores": 0, "clusters": 0}

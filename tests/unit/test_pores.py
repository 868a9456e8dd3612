"""Pores: counts, lengths and angles against what was drawn."""

import numpy as np
import pytest

from rockrec.pores import COLUMNS, measure_pores, percolates


def ellipse(size, major, minor, degrees):
    """Draw an ellipse; `degrees` from the horizontal, counter-clockwise as seen (rows go down)."""
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    angle = np.radians(degrees)
    along = columns * np.cos(angle) - rows * np.sin(angle)
    across = columns * np.sin(angle) + rows * np.cos(angle)
    return ((along / major) ** 2 + (across / minor) ** 2 <= 1).astype(np.uint8)


def blank(size=32):
    return np.zeros((size, size), dtype=np.uint8)


@pytest.mark.parametrize("degrees", [-89, -60, -45, -30, -10, 0, 10, 30, 45, 60, 90])
def test_orientation_is_the_drawn_angle(degrees):
    pores = measure_pores(ellipse(101, 40, 10, degrees)[None], 50.0)
    assert len(pores) == 1
    assert pores["orientation_deg"][0] == pytest.approx(degrees, abs=0.5)


def test_rising_to_the_right_is_positive():
    rising = blank()
    for step in range(16):
        rising[20 - step, 5 + step : 8 + step] = 1
    assert 30 < measure_pores(rising[None], 50.0)["orientation_deg"][0] < 60
    assert -60 < measure_pores(rising[::-1][None], 50.0)["orientation_deg"][0] < -30


def test_a_vertical_pore_lies_at_plus_90():
    bar = blank()
    bar[4:24, 10:12] = 1
    assert measure_pores(bar[None], 50.0)["orientation_deg"][0] == 90.0
    assert measure_pores(bar.T[None], 50.0)["orientation_deg"][0] == 0.0


def test_orientation_stays_in_its_range():
    tiles = (np.random.default_rng(3).random((40, 40, 40)) < 0.35).astype(np.uint8)
    tiles = np.concatenate([tiles, tiles.transpose(0, 2, 1), tiles[:, ::-1]])
    angles = measure_pores(tiles, 50.0)["orientation_deg"].dropna()
    assert len(angles) > 500 and angles.between(-90, 90, inclusive="right").all()


def test_elongation_and_area_of_an_ellipse():
    pores = measure_pores(ellipse(101, 40, 10, 25)[None], 500.0)
    assert pores["elongation"][0] == pytest.approx(4.0, rel=0.02)
    assert pores["area_px"][0] == pytest.approx(np.pi * 40 * 10, rel=0.01)
    assert pores["area_um2"][0] == pytest.approx(pores["area_px"][0] * 0.25)


def test_elongation_of_a_bar_one_pixel_wide_is_its_length():
    bar = blank()
    bar[7, 3:23] = 1
    assert measure_pores(bar[None], 50.0)["elongation"][0] == pytest.approx(20.0)


@pytest.mark.parametrize("height, width", [(1, 1), (2, 2), (1, 9), (4, 4)])
def test_small_and_round_pores_have_no_direction(height, width):
    tile = blank()
    tile[5 : 5 + height, 5 : 5 + width] = 1
    assert np.isnan(measure_pores(tile[None], 50.0)["orientation_deg"][0])


def test_disc_has_no_direction():
    pores = measure_pores(ellipse(41, 12, 12, 0)[None], 50.0)
    assert pores["elongation"][0] == pytest.approx(1.0, abs=0.01)
    assert np.isnan(pores["orientation_deg"][0])


def test_pores_touching_by_a_corner_are_one():
    tile = blank()
    tile[3, 3] = tile[4, 4] = 1
    assert measure_pores(tile[None], 50.0)["area_px"].tolist() == [2]


def test_border_pores_are_marked_and_dropped():
    tile = blank()
    for row, column in [(0, 5), (31, 9), (12, 0), (14, 31), (16, 16)]:
        tile[row, column] = 1
    kept = measure_pores(tile[None], 50.0)
    assert kept["touches_border"].sum() == 4
    inner = measure_pores(tile[None], 50.0, drop_border=True)
    assert len(inner) == 1 and not inner["touches_border"].any()


def test_lines_follow_the_stack_and_empty_tiles_have_none():
    one, two = blank(), blank()
    one[4:6, 4:6] = 1
    two[4:6, 4:6] = two[20:25, 20:24] = 1
    pores = measure_pores(np.stack([one, blank(), two]), 50.0)
    assert pores["tile"].tolist() == [0, 2, 2]
    assert pores["area_px"].tolist() == [4, 4, 20]


def test_no_pores_gives_an_empty_table_with_all_columns():
    for stack in (blank()[None], np.zeros((0, 8, 8), dtype=np.uint8)):
        pores = measure_pores(stack, 50.0)
        assert tuple(pores.columns) == COLUMNS and len(pores) == 0


def test_areas_add_up_to_the_phase():
    tiles = (np.random.default_rng(1).random((5, 40, 40)) < 0.3).astype(np.uint8)
    pores = measure_pores(tiles, 50.0)
    assert pores.groupby("tile")["area_px"].sum().tolist() == tiles.sum(axis=(1, 2)).tolist()


def test_a_pore_percolates_where_it_touches_both_sides():
    bar, bent, apart, corner = blank(8), blank(8), blank(8), blank(8)
    bar[3] = 1
    bent[0, :5] = bent[:, 4] = bent[6, 4:] = 1  # left at the top, right at the bottom
    apart[2, :4] = apart[5, 4:] = apart[:3, 6] = 1  # both sides, by two pores
    corner[4, :4] = corner[5, 4:] = 1  # two bars that touch by a corner
    along_x, along_y = percolates(np.stack([bar, bent, apart, corner, blank(8)]))
    assert along_x.tolist() == [True, True, False, True, False]
    assert along_y.tolist() == [False, True, False, False, False]


def test_turning_a_tile_swaps_percolation_in_x_and_y():
    tiles = np.random.default_rng(4).random((60, 20, 20)) < 0.42
    along_x, along_y = percolates(tiles)
    assert 5 < along_x.sum() < 55 and along_x.sum() != (along_x & along_y).sum()
    turned_x, turned_y = percolates(tiles.transpose(0, 2, 1))
    assert (turned_x == along_y).all() and (turned_y == along_x).all()


def test_bad_stacks_are_refused():
    with pytest.raises(ValueError, match=r"stack of tiles .*\(8, 8\)"):
        measure_pores(np.zeros((8, 8)), 50.0)
    with pytest.raises(ValueError, match="0 and 1, got values .*255"):
        measure_pores(np.full((1, 8, 8), 255, dtype=np.uint8), 50.0)


@pytest.mark.parametrize("pixel_size", [0, -50.0, float("nan")])
def test_bad_pixel_size_is_refused(pixel_size):
    with pytest.raises(ValueError, match="pixel_size_nm"):
        measure_pores(blank()[None], pixel_size)

"""Three separate parts of a mosaic: no window of one sees a pixel of another."""

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from rockrec.plain.windows import (
    count_splits,
    disjoint,
    disjoint_windows,
    split_windows,
    training_windows,
)


def painted(windows, shape, window, split):
    """How many windows of a split cover each pixel."""
    cover = np.zeros(shape, int)
    for row, column, part in windows:
        if part == split:
            cover[row : row + window, column : column + window] += 1
    return cover


@given(
    height=st.integers(40, 200),
    width=st.integers(40, 200),
    window=st.integers(4, 16),
    stride=st.integers(1, 20),
    validation=st.floats(0.05, 0.3),
    heldout=st.floats(0.05, 0.3),
)
def test_parts_share_no_pixel_and_lie_a_window_apart(
    height, width, window, stride, validation, heldout
):
    try:
        windows = split_windows(height, width, window, stride, validation, heldout)
    except ValueError:
        reject()  # no training part is left: tested by itself
    cover = {
        part: painted(windows, (height, width), window, part)
        for part in ("train", "validation", "heldout")
    }
    assert cover["validation"].max(initial=0) <= 1
    assert cover["heldout"].max(initial=0) <= 1
    axis = 1 if height > width else 0
    spans = {
        part: np.flatnonzero(pixels.any(axis=axis))
        for part, pixels in cover.items()
        if pixels.any()
    }
    names = [part for part in ("train", "validation", "heldout") if part in spans]
    for before, after in zip(names, names[1:], strict=False):
        if (before, after) != ("train", "heldout"):
            gap = spans[after].min() - spans[before].max() - 1
            # between validation and held-out, and train and validation, one window at least
            assert gap >= window


@pytest.mark.parametrize(
    ("height", "width", "window", "stride", "expected"),
    [(17_920, 54_784, 512, 256, 14_697), (15_000, 30_000, 1024, 200, 10_150)],
)
def test_full_windows_of_the_papers_mosaics(height, width, window, stride, expected):
    assert len(split_windows(height, width, window, stride, 0.15, 0.3)) == expected


def test_every_window_is_counted_once():
    windows = split_windows(100, 300, 10, 5, 0.2, 0.3)
    assert sum(count_splits(windows).values()) == len(windows) == 19 * 59


@given(window=st.integers(2, 20), stride=st.integers(1, 25))
def test_disjoint_windows_cover_no_pixel_twice_and_leave_no_room_for_another(window, stride):
    rows, columns = np.divmod(np.arange(150), 15) * np.array(stride)
    chosen = disjoint(list(rows), list(columns), window)
    cover = np.zeros((10 * stride + window, 15 * stride + window), int)
    for row, column in zip(rows[chosen], columns[chosen], strict=True):
        cover[row : row + window, column : column + window] += 1
    assert cover.max() == 1
    for row, column in zip(rows, columns, strict=True):
        assert cover[row : row + window, column : column + window].any()


@pytest.mark.parametrize("stride", [3, 10, 12])
def test_disjoint_windows_are_those_of_each_part_alone(stride):
    windows = split_windows(90, 240, 10, stride, 0.2, 0.3)
    chosen = disjoint_windows(windows, 10)
    for part in ("train", "validation", "heldout", "gap"):
        corners = [(one.row, one.column) for one in windows if one.split == part]
        found = [apart for apart, one in zip(chosen, windows, strict=True) if one.split == part]
        if part == "train":
            assert found == disjoint(*map(list, zip(*corners, strict=True)), 10)
        else:  # held-out and validation windows never overlap
            assert set(found) == {part != "gap"}


def test_the_longer_axis_is_cut():
    wide = split_windows(60, 300, 10, 10, 0.2, 0.3)
    tall = split_windows(300, 60, 10, 10, 0.2, 0.3)
    assert {(w.column, w.row, w.split) for w in wide} == {(w.row, w.column, w.split) for w in tall}


def test_errors_name_the_numbers():
    with pytest.raises(ValueError, match="128 px does not fit a mosaic of 100 x 300 px"):
        split_windows(100, 300, 128, 64, 0.15, 0.3)
    with pytest.raises(ValueError, match="leave no training window of 50 px on an axis of 300 px"):
        split_windows(100, 300, 50, 50, 0.5, 0.4)


def test_a_limit_draws_its_own_training_windows_and_a_smaller_one_a_part_of_them():
    splits = ["train", "gap", "heldout"] * 50
    everything = [i for i in range(150) if i % 3 == 0]
    assert training_windows(splits, None, seed=1) == everything
    assert training_windows(splits, 60, seed=1) == everything
    twenty, ten = (training_windows(splits, limit, seed=1) for limit in (20, 10))
    assert set(ten) < set(twenty) < set(everything)
    assert (len(ten), len(twenty)) == (10, 20)
    assert training_windows(splits, 10, seed=1) == ten != training_windows(splits, 10, seed=2)

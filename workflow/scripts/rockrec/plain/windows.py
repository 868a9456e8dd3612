"""Where the windows of a mosaic lie, and which of its three parts each belongs to.

Plain Python, so that a config can be checked before any job starts.
"""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

MOST_WINDOWS = 1_000_000
PARTS = ("train", "validation", "heldout")


class Window(NamedTuple):
    """Upper left pixel of a square window in the mosaic, and the part it belongs to."""

    row: int
    column: int
    split: str


class Outside(Protocol):
    """What of a mosaic is no rock, see `rockrec.mosaics.Outside`."""

    def rock_along(self, axis: int) -> list[int]:
        """Return how many pixels of rock each row (axis 0) or column (axis 1) has."""

    def are_rock(self, rows: Sequence[int], columns: Sequence[int], side: int) -> Sequence[bool]:
        """Say for each of several squares of one side whether it holds rock alone."""


def split_windows(
    height: int,
    width: int,
    window: int,
    stride: int,
    validation_fraction: float,
    heldout_fraction: float,
    outside: Outside | None = None,
) -> list[Window]:
    """Lay full windows over a mosaic and divide them into three separate parts.

    The mosaic's longer axis is cut into train, validation and held-out bands with a gap of
    one window between them. Windows that touch two bands or a gap are ``gap``, and so are
    validation and held-out windows that overlap one already taken: these two sets do not
    overlap within themselves, training windows may.

    Parameters
    ----------
    height, width, window, stride : mosaic px.
    validation_fraction, heldout_fraction : shares of the longer axis, or of the rock along it.
    outside : what of the mosaic is no rock; windows hold rock alone.

    Returns
    -------
    list of Window, row by row: ``(height - window) // stride + 1`` rows of them, less what is
    outside.

    Raises
    ------
    ValueError : the window is larger than the mosaic, the stride makes more than a million
        windows, or the fractions leave no training part.
    """
    if window > min(height, width):
        raise ValueError(f"a window of {window} px does not fit a mosaic of {height} x {width} px")
    rows = range(0, height - window + 1, stride)
    columns = range(0, width - window + 1, stride)
    if len(rows) * len(columns) > MOST_WINDOWS:
        raise ValueError(
            f"a stride of {stride} px makes {len(rows) * len(columns):,} windows, at most "
            f"{MOST_WINDOWS:,} are possible"
        )
    long_axis, long_length = (rows, height) if height > width else (columns, width)
    rock = None if outside is None else outside.rock_along(0 if height > width else 1)
    bands = part_bands(long_length, window, validation_fraction, heldout_fraction, rock)
    along = {position: _band_of(position, window, bands) for position in long_axis}

    short_axis = columns if height > width else rows
    apart_along = {
        position
        for part in ("validation", "heldout")
        for position in _without_overlap([p for p in long_axis if along[p] == part], window)
    }
    apart_across = set(_without_overlap(list(short_axis), window))

    def split_of(row: int, column: int) -> str:
        position, across = (row, column) if height > width else (column, row)
        part = along[position]
        if part in ("train", "gap"):
            return part
        return part if position in apart_along and across in apart_across else "gap"

    windows = [Window(row, column, split_of(row, column)) for row in rows for column in columns]
    if outside is None:
        return windows
    corners = [one.row for one in windows], [one.column for one in windows]
    inside = outside.are_rock(*corners, window)
    windows = [one for one, is_inside in zip(windows, inside, strict=True) if is_inside]
    if not any(one.split == "train" for one in windows):
        raise ValueError(f"no training window of {window} px lies wholly inside the rock")
    return windows


def part_bands(
    length: int,
    window: int,
    validation_fraction: float,
    heldout_fraction: float,
    rock: Sequence[int] | None = None,
) -> dict[str, tuple[int, int]]:
    """Return ``{part: (first px, end px)}`` along an axis of `length` px, one-window gaps between.

    `rock` is how many pixels of rock stand at each place along the axis, where these are not
    equally many: the parts then have their shares of them.

    Raises ValueError if no training window is left.
    """
    before = None if rock is None else [0, *accumulate(rock)]
    heldout = _length_of(heldout_fraction, length, length, before)
    heldout_start = length - heldout
    validation = _length_of(validation_fraction, heldout_start - window, length, before)
    validation_start = heldout_start - window - validation
    train_end = validation_start - window
    if train_end < window:
        raise ValueError(
            f"validation_fraction {validation_fraction} and heldout_fraction {heldout_fraction} "
            f"leave no training window of {window} px on an axis of {length} px"
        )
    return {
        "train": (0, train_end),
        "validation": (validation_start, validation_start + validation),
        "heldout": (heldout_start, length),
    }


def _length_of(fraction: float, end: int, length: int, before: list[int] | None) -> int:
    """Length of a part that ends at a place and has a share of an axis, or of the rock along it.

    `before` is how much rock lies before each place.
    """
    if before is None:
        return round(length * fraction)
    end = max(end, 0)
    return end - bisect_left(before, before[end] - fraction * before[-1], hi=end)


def count_splits(windows: list[Window]) -> dict[str, int]:
    """Return how many windows each part and the gap hold."""
    counts = Counter(window.split for window in windows)
    return {split: counts[split] for split in (*PARTS, "gap")}


def training_windows(splits: Sequence[str], limit: int | None, seed: int) -> list[int]:
    """Return the positions of the training windows, or of `limit` of them drawn by the seed.

    A smaller limit draws a part of what a larger one draws.
    """
    train = [position for position, split in enumerate(splits) if split == "train"]
    if limit is None or limit >= len(train):
        return train
    return sorted(random.Random(seed).sample(train, len(train))[:limit])


def disjoint_windows(windows: Sequence[Window], side: int) -> list[bool]:
    """Say for each window whether it is one of its part's disjoint ones; a gap has none."""
    chosen = [False] * len(windows)
    for part in PARTS:
        places = [place for place, one in enumerate(windows) if one.split == part]
        corners = ([windows[place][axis] for place in places] for axis in (0, 1))
        for place, apart in zip(places, disjoint(*corners, side), strict=True):
            chosen[place] = apart
    return chosen


def disjoint(rows: list[int], columns: list[int], window: int) -> list[bool]:
    """Say for each window, given by its corner, whether it is in a largest lattice without overlap.

    Overlapping tiles are no independent ones: their curves vary less than their number says.
    """
    apart_rows = set(_without_overlap(sorted(set(rows)), window))
    apart_columns = set(_without_overlap(sorted(set(columns)), window))
    return [
        row in apart_rows and column in apart_columns
        for row, column in zip(rows, columns, strict=True)
    ]


def _band_of(position: int, window: int, bands: dict[str, tuple[int, int]]) -> str:
    for part, (first, end) in bands.items():
        if first <= position and position + window <= end:
            return part
    return "gap"


def _without_overlap(positions: list[int], window: int) -> list[int]:
    taken: list[int] = []
    for position in positions:
        if not taken or position >= taken[-1] + window:
            taken.append(position)
    return taken

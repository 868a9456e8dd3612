"""Seams: straight lines at which the gray steps, or across which the rock does not go on.

A block is looked at for seams between its columns; its neighbours to the left and right are there
as a halo. For seams between rows it is turned.
"""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from rockrec.scan_faults.fault import BREAK, GRAY_STEP, SHIFT

HALO = 24  # px to the left and to the right of a block
NEAR, APART = 4, 8  # px that are averaged on each side of a line; and farther from it, once more
STEP = 0.03  # least gray step, of the contrast range
TIMES = 6  # as far from what is usual in a block, in its standard deviations
SMOOTH, SLOW = 1.5, 129  # px: what is finer is noise, what is slower is brightness
SHIFTS, LEAST_SHIFT = 24, 3  # px along a line that are tried, and the least that is told
USUAL = 0.3  # correlation of neighbouring columns without which nothing can be told
SOME = 8  # of that many lines one is tried, to know how the rock goes on where no seam is
LOWER = 1  # standard deviations below the usual correlation, where a shift is looked for
MORE, AGAIN = 0.02, 0.8  # correlation gained by a shift; and reached, of the usual one
LEAST_ROWS = 0.5  # of a block's rows that have to be known


def seams(gray: np.ndarray, span: float) -> Iterator[tuple[int, str, float]]:
    """Find seams between the columns of a block.

    Parameters
    ----------
    gray : float (rows, columns + 2 * HALO), NaN in what is no rock.
    span : contrast range of the mosaic.

    Yields
    ------
    The first column right of the seam, its kind and its amount.
    """
    number = gray.shape[1] - 2 * HALO
    for found in (_gray_steps(gray, span), _shifts(gray)):
        for line, kind, amount in found:
            if 0 <= line - APART < number:
                yield line - APART, kind, amount


def _gray_steps(gray: np.ndarray, span: float) -> Iterator[tuple[int, str, float]]:
    """Find lines at which the difference is the same near by and farther away.

    As in `_shifts`, of the lines from 8 px before the block to 8 px behind it.
    """
    near, far = (_differences(gray, apart) for apart in (0, APART))
    same = np.sign(near) == np.sign(far)
    step = np.where(same, np.sign(near) * np.minimum(abs(near), abs(far)), 0)
    usual = _spread(step)
    size = abs(step)
    for x in np.flatnonzero(size > max(STEP * span, TIMES * usual)):
        if size[x] == size[max(x - APART, 0) : x + APART + 1].max():  # of its own seam's lines
            yield int(x), GRAY_STEP, float(step[x] / span)


def _differences(gray: np.ndarray, apart: int) -> np.ndarray:
    """Median over rows of the mean right of each line less that left of it; 0 where not known."""
    rows = gray[::2]
    means = np.lib.stride_tricks.sliding_window_view(rows, NEAR, axis=1).mean(axis=2)
    first, number = HALO - APART, gray.shape[1] - 2 * HALO + 2 * APART
    right = means[:, first + apart :][:, :number]
    left = means[:, first - NEAR - apart :][:, :number]
    difference = right - left
    known = np.isfinite(difference)
    if known.all():
        return np.median(difference, axis=0)
    enough = known.mean(axis=0) >= LEAST_ROWS
    found = np.zeros(number)
    found[enough] = np.nanmedian(difference[:, enough], axis=0)
    return found


def _shifts(gray: np.ndarray) -> Iterator[tuple[int, str, float]]:
    """Across a seam neighbouring columns are no longer alike, or only when one is shifted."""
    left, right = _sides(gray)
    alike = _correlation(left, right)
    usual = np.median(alike)
    if usual < USUAL:
        return
    spread = _spread(alike)
    straight = int(_by_shift(left[:, ::SOME], right[:, ::SOME]).mean(axis=1).argmax())
    for x in np.flatnonzero(alike < usual - LOWER * spread):
        if alike[x] > alike[max(x - APART, 0) : x + APART + 1].min():
            continue
        shifted = _by_shift(left[:, [x]], right[:, [x]])[:, 0]
        best = int(shifted.argmax())
        goes_on = shifted[best] >= max(shifted[straight] + MORE, AGAIN * usual)
        if abs(best - straight) >= LEAST_SHIFT and goes_on:
            yield int(x), SHIFT, float(best - straight)
        elif alike[x] < usual - TIMES * spread:
            # Part of the block may be another rock, or out of focus: here, too, it is unusual.
            here = alike[max(x - HALO, 0) : x + HALO + 1]
            if alike[x] < np.median(here) - TIMES * _spread(here):
                yield int(x), BREAK, np.nan


def _sides(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns left and right of each line, without what is fine or slow along them."""
    known = np.isfinite(gray)
    filled = gray if known.all() else np.where(known, gray, np.nanmean(gray))
    detail = gaussian_filter1d(filled, SMOOTH, axis=0) - uniform_filter1d(filled, SLOW, axis=0)
    first, end = HALO - APART, gray.shape[1] - HALO + APART
    return detail[:, first - 1 : end - 1], detail[:, first:end]


def _by_shift(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Correlation of columns by how far the right ones are moved back up, from -24 to 24 px."""
    stays = left[SHIFTS:-SHIFTS]
    moved = np.lib.stride_tricks.sliding_window_view(right, len(stays), axis=0)
    return _correlation(stays, np.moveaxis(moved, -1, 1))


def _correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of columns (..., rows, columns) with those of another array; 0 where flat."""
    one, other = (columns - columns.mean(axis=-2, keepdims=True) for columns in (one, other))
    both, size = (one * other).sum(axis=-2), (one**2).sum(axis=-2) * (other**2).sum(axis=-2)
    return np.divide(both, np.sqrt(size), out=np.zeros_like(both), where=size > 0)


def _spread(values: np.ndarray) -> float:
    """Standard deviation of values, but for the few that are far off."""
    return float(1.4826 * np.median(abs(values - np.median(values))))

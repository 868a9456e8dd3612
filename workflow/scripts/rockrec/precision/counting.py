"""What a mosaic holds in cells and in windows on a lattice, read band by band."""

from dataclasses import dataclass

import numpy as np

from rockrec.descriptors import describe
from rockrec.mosaics import row_bands

CELLS = 64  # along the shorter side, at least where it has the pixels
STRIDES = 16  # of the windows, along the shorter side
MOST_WINDOW = 512  # px
LEAST_WINDOW = 16  # px
FUNCTIONS = ("S2", "P3H", "P3V", "P4", "P6", "L")


@dataclass(frozen=True)
class CellCounts:
    """Pixels of rock and of the phase by cell, (rows, columns) each; side of a cell, px."""

    rock: np.ndarray
    phase: np.ndarray
    side: int


@dataclass(frozen=True)
class WindowCurves:
    """Descriptors of square windows on a lattice.

    Attributes
    ----------
    curves : by name (rows, columns, lags), NaN where the window is not all rock.
    rock : (rows, columns) whether it is.
    side, stride : px; windows overlap where the stride is less.
    """

    curves: dict[str, np.ndarray]
    rock: np.ndarray
    side: int
    stride: int


def count_cells(mosaic, phase: int, outside=None) -> CellCounts:
    """Count the pixels of a segmented mosaic in cells.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    outside : what of it is no rock, a `rockrec.mosaics.Outside`.
    """
    height, width = mosaic.shape
    side = max(min(height, width) // CELLS, 1)
    rock, found = [], []
    for rows in row_bands(height, side * max(1024 // side, 1)):
        of_phase = mosaic[rows] == phase
        is_rock = None if outside is None else ~outside[rows]
        if is_rock is not None:
            of_phase &= is_rock
        found.append(_in_cells(of_phase, side))
        rock.append(_areas(of_phase.shape, side) if is_rock is None else _in_cells(is_rock, side))
    return CellCounts(np.concatenate(rock), np.concatenate(found), side)


def _in_cells(band: np.ndarray, side: int) -> np.ndarray:
    """Sum a band (rows, W) of bool in cells; the last ones may be cut off."""
    height, width = band.shape
    across = np.add.reduceat(band, np.arange(0, width, side), axis=1, dtype=np.int32)
    return np.add.reduceat(across, np.arange(0, height, side), axis=0)


def _areas(shape: tuple[int, int], side: int) -> np.ndarray:
    """Pixels of the cells of a band."""
    down, across = (np.diff([*range(0, n, side), n]) for n in shape)
    return np.outer(down, across).astype(np.int32)


def describe_windows(mosaic, phase: int, outside=None) -> WindowCurves:
    """Describe windows that are spread evenly over a segmented mosaic, at all their lags.

    Of a small mosaic they overlap by half and cover it; of a large one they are samples of
    512 px. A mosaic smaller than a window has one, which is not all rock. Parameters are those of
    `count_cells`.
    """
    height, width = mosaic.shape
    stride = max(min(height, width) // STRIDES, 1)
    side = min(max(2 * stride, LEAST_WINDOW), MOST_WINDOW)
    if min(height, width) < side:
        nothing = np.empty((1, 1, side // 2))
        curves = {name: np.full_like(nothing, np.nan) for name in FUNCTIONS}
        return WindowCurves(curves, np.zeros((1, 1), bool), side, stride)
    tops, lefts = (_spread(n, side, stride) for n in (height, width))
    rock = np.ones((len(tops), len(lefts)), bool)
    if outside is not None:
        corners = np.meshgrid(tops, lefts, indexing="ij")
        rock = outside.are_rock(*(one.ravel() for one in corners), side).reshape(rock.shape)
    curves = {name: np.full((*rock.shape, side // 2), np.nan) for name in FUNCTIONS}
    for row, top in enumerate(tops):
        if not rock[row].any():
            continue
        band = mosaic[top : top + side] == phase
        tiles = np.stack([band[:, left : left + side] for left in lefts[rock[row]]])
        for name, found in describe(tiles, FUNCTIONS).items():
            curves[name][row, rock[row]] = found
    return WindowCurves(curves, rock, side, stride)


def _spread(length: int, side: int, stride: int) -> np.ndarray:
    """First pixels of windows along an axis, in its middle."""
    number = (length - side) // stride + 1
    return (length - side - (number - 1) * stride) // 2 + stride * np.arange(number)

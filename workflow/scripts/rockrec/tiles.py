"""Tiles: windows of a segmented mosaic, reduced to the size at which they are reconstructed."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from rockrec.housekeeping.progress import Progress
from rockrec.images import write_stack
from rockrec.plain.windows import Window, disjoint, disjoint_windows

RESIZE_MODES = ("keep_fraction", "any_nonzero")
WINDOWS_AT_ONCE = 64  # in memory


def write_tiles(
    path: str | os.PathLike,
    mosaic,
    phase: int,
    windows: list[Window],
    window: int,
    size: int,
    resize: str,
    pixel_size_nm: float,
    threads: int = 1,
) -> pd.DataFrame:
    """Cut the tiles of a mosaic into a stack on disk; parameters as in `cut_tiles`.

    Parameters
    ----------
    pixel_size_nm : of the mosaic.

    Returns
    -------
    A line per tile: row, column [mosaic px], split, disjoint (one of its part's largest lattice
    of tiles that do not overlap), phase_fraction.
    """
    fractions = []

    def noted(tiles: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        for tile in tiles:
            fractions.append(float(tile.mean()))
            yield tile

    tiles = cut_tiles(mosaic, phase, windows, window, size, resize, threads)
    write_stack(path, noted(tiles), pixel_size_nm * window / size, (len(windows), size, size))
    table = pd.DataFrame(windows, columns=["row", "column", "split"])
    table["disjoint"] = disjoint_windows(windows, window)
    table["phase_fraction"] = fractions
    return table


def disjoint_tiles(table: pd.DataFrame, part: str) -> np.ndarray:
    """Return the places in the stack of a part's disjoint tiles, by the table of `write_tiles`."""
    return np.flatnonzero((table["split"] == part) & table["disjoint"])


def tiles_halfway(table: pd.DataFrame, part: str, window: int) -> np.ndarray:
    """Return the places in the stack of a part's tiles that lie half a window apart, or more.

    Copies are sought over all shifts: such tiles show every place.
    """
    lines = table[table["split"] == part]
    apart = disjoint(list(lines["row"]), list(lines["column"]), window // 2)
    return lines.index[apart].to_numpy()


def cut_tiles(
    mosaic,
    phase: int,
    windows: list[Window],
    window: int,
    size: int,
    resize: str,
    threads: int = 1,
) -> Iterator[np.ndarray]:
    """Cut each window out of a segmented mosaic and reduce it to `size` px.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    phase : the value of the phase of interest.
    windows : upper left corners, mosaic px.
    window, size : side of a window (mosaic px) and of a tile (tile px).
    resize : ``keep_fraction`` (default of the project) or ``any_nonzero`` (the paper's code).
    threads : tiles reduced at a time.

    Yields
    ------
    (size, size) uint8 0/1, in the order of `windows`.

    Raises
    ------
    ValueError : the window is no whole multiple of the size, or an unknown `resize`.
    """
    if window % size:
        raise ValueError(f"window {window} px is no whole multiple of the tile size {size} px")
    if resize not in RESIZE_MODES:
        raise ValueError(f"resize {resize!r} is none of {', '.join(RESIZE_MODES)}")
    reduce = keep_fraction if resize == "keep_fraction" else any_nonzero
    return _cut(mosaic, phase, windows, window, lambda image: reduce(image, size), threads)


def _cut(mosaic, phase, windows, window, reduce, threads):
    progress = Progress("tiles", len(windows))
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, len(windows), WINDOWS_AT_ONCE):
            images = [
                cut_window(mosaic, phase, one, window)
                for one in windows[first : first + WINDOWS_AT_ONCE]
            ]
            yield from pool.map(reduce, images)
            progress.report(first + len(images))


def cut_window(mosaic, phase: int, window: Window, side: int) -> np.ndarray:
    """Return a window (side, side) of a segmented mosaic, uint8: 1 where it is of the phase."""
    row, column = window.row, window.column
    return (mosaic[row : row + side, column : column + side] == phase).view(np.uint8)


def keep_fraction(image: np.ndarray, size: int) -> np.ndarray:
    """Reduce a binary square so that its phase fraction stays: |Δφ| <= 0.5 / size².

    The pixels are ranked by their area mean, ties by the area mean of the smoothed image
    (Gaussian, σ = half the factor), then by position; the round(φ · size²) highest are set.

    Parameters
    ----------
    image : (window, window) uint8 0/1, window a multiple of `size`.
    """
    factor = image.shape[0] // size
    if factor == 1:
        return image.astype(np.uint8)
    area = _area_sum(image.astype(np.int64), factor)
    smooth = _area_sum(gaussian_filter(image.astype(np.float64), factor / 2), factor)
    highest_first = np.lexsort((np.arange(size * size), -smooth.ravel(), -area.ravel()))
    tile = np.zeros(size * size, np.uint8)
    tile[highest_first[: round(float(image.mean()) * size * size)]] = 1
    return tile.reshape(size, size)


def any_nonzero(image: np.ndarray, size: int) -> np.ndarray:
    """Reduce as the paper's code does: bilinear without blur, every non-zero pixel becomes 1.

    This dilates the phase (0.350 to 0.402 from 512 to 128 px); kept for comparison.
    """
    factor = image.shape[0] // size
    if factor == 1:
        return image.astype(np.uint8)
    centres = (np.arange(size) + 0.5) * factor - 0.5
    low = np.floor(centres).astype(int)
    high = np.ceil(centres).astype(int)
    touched = image[np.ix_(low, low)] | image[np.ix_(low, high)]
    touched |= image[np.ix_(high, low)] | image[np.ix_(high, high)]
    return (touched != 0).astype(np.uint8)


def _area_sum(image: np.ndarray, factor: int) -> np.ndarray:
    size = image.shape[0] // factor
    return image.reshape(size, factor, size, factor).sum(axis=(1, 3))

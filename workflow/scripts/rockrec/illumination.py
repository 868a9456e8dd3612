"""Uneven brightness of a gray mosaic, measured and divided out.

Brightness is measured in cells by the median of their rock, which pores and grains smaller than a
cell do not move, and is taken as smooth from cell to cell.
"""

import warnings

import numpy as np
from scipy.ndimage import gaussian_filter

from rockrec.mosaics.regions import ranges_of

MODELS = ("none", "background", "tiles")
CELLS = 4  # a scale
TILE_CELL = 32  # px
AT_ONCE = 64  # rows
LEAST = 0.05  # of the field's mean
LEAST_ROCK = 0.25  # of a cell's pixels, or it is not measured


class Lit:
    """A mosaic whose brightness is made even, read like the mosaic itself.

    Gray levels are divided by a smooth field whose mean is 1, and rounded; what would be beyond
    the type's range is cut off.

    Attributes
    ----------
    path, shape, dtype : of the mosaic.
    """

    def __init__(self, mosaic, field):
        self.path, self.shape, self.dtype = mosaic.path, mosaic.shape, mosaic.dtype
        self._mosaic, self._field = mosaic, field

    def __getitem__(self, region) -> np.ndarray:
        """Return a region given by one slice (rows) or two, without steps."""
        rows, columns = ranges_of(region, self.shape)
        gray = self._mosaic[region]
        even = np.empty(gray.shape, self.dtype)
        for top in range(0, len(rows), AT_ONCE):
            part = slice(top, top + AT_ONCE)
            levels = np.rint(gray[part] / self._field.at(rows[part], columns))
            even[part] = np.clip(levels, 0, np.iinfo(self.dtype).max)
        return even


class Background:
    """A brightness that changes over the whole mosaic, smooth at a scale.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic.
    scale : px; what is smaller, grains and pores, is the rock's.
    outside : pixels that are no rock, read like an array of bool; None where all are.
    """

    def __init__(self, mosaic, scale: int, outside=None):
        self.cell = max(scale // CELLS, 1)
        medians = _cell_medians(mosaic, self.cell, outside)
        self.cells = _normalised(_smoothed(medians, CELLS / 2), ~np.isnan(medians))

    def at(self, rows: range, columns: range) -> np.ndarray:
        """Return the field at some rows and columns, float32."""
        return _between(self.cells, self.cell, rows, columns)


class TilePattern:
    """A brightness that all tiles of a grid have in common, as a vignette is.

    Parameters
    ----------
    mosaic : a `rockrec.mosaics.StitchedMosaic`.
    outside : as for `Background`.
    """

    def __init__(self, mosaic, outside=None):
        self._mosaic = mosaic
        patterns = []
        for piece, gray in mosaic.by_tile():
            frame = np.full(mosaic.tile_shape, np.nan, np.float32)
            frame[piece.within] = gray
            if outside is not None:
                y, x = piece.rows, piece.columns
                hidden = outside[y.start : y.stop, x.start : x.stop]
                frame[piece.within][hidden] = np.nan
            medians = _cell_medians(frame, TILE_CELL)
            if not np.isnan(medians).all():
                patterns.append(medians / np.nanmedian(medians))
        measured = np.array(patterns)
        with warnings.catch_warnings():  # the outermost cells, where tiles overlap, are of none
            warnings.simplefilter("ignore", RuntimeWarning)
            common = np.nanmedian(measured, axis=0)
        self.cells = _normalised(_smoothed(common, 1.0), ~np.isnan(common))

    def at(self, rows: range, columns: range) -> np.ndarray:
        """Return the field at some rows and columns, float32."""
        field = np.empty((len(rows), len(columns)), np.float32)
        for piece in self._mosaic.pieces(rows, columns):
            y, x = piece.rows, piece.columns
            down, right = (range(one.start, one.stop) for one in piece.within)
            field[
                y.start - rows.start : y.stop - rows.start,
                x.start - columns.start : x.stop - columns.start,
            ] = _between(self.cells, TILE_CELL, down, right)
        return field


def made_even(mosaic, model: str, scale: int, outside=None):
    """Return a mosaic whose brightness is made even by a model, one of `MODELS`."""
    if model == "none":
        return mosaic
    if model == "background":
        return Lit(mosaic, Background(mosaic, scale, outside))
    return Lit(mosaic, TilePattern(mosaic, outside))


def _cell_medians(gray, cell: int, outside=None) -> np.ndarray:
    """Median gray of the rock in square cells; NaN where there is little."""
    height, width = gray.shape
    medians = np.full((-(-height // cell), -(-width // cell)), np.nan, np.float32)
    for i, top in enumerate(range(0, height, cell)):
        rows = slice(top, min(top + cell, height))
        band = np.asarray(gray[rows])
        rock = ~np.isnan(band) if band.dtype.kind == "f" else np.ones(band.shape, bool)
        if outside is not None:
            rock &= ~outside[rows]
        for j, left in enumerate(range(0, width, cell)):
            known = rock[:, left : left + cell]
            if np.count_nonzero(known) >= LEAST_ROCK * known.size:
                medians[i, j] = np.median(band[:, left : left + cell][known])
    return medians


def _smoothed(cells: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth cells, and fill in those that are NaN: at each a plane is fitted to those around it.

    A plane, for a mere mean would bend a slope at the border.
    """
    known = ~np.isnan(cells)
    values = np.where(known, cells, 0.0).astype(np.float64)
    y, x = np.mgrid[: cells.shape[0], : cells.shape[1]].astype(np.float64)

    def around(what):
        return gaussian_filter(what * known, sigma, mode="constant", truncate=6.0)

    weight = around(np.ones_like(y))
    mean_y, mean_x, mean = (around(one) / weight for one in (y, x, values))
    yy, xx, xy = around(y * y) / weight, around(x * x) / weight, around(x * y) / weight
    yy, xx, xy = yy - mean_y**2, xx - mean_x**2, xy - mean_y * mean_x
    of_y, of_x = around(y * values) / weight, around(x * values) / weight
    of_y, of_x = of_y - mean_y * mean, of_x - mean_x * mean
    # Where the cells around lie in one line the slope across it is not known: a little is added.
    yy, xx = yy + 0.01, xx + 0.01
    determinant = yy * xx - xy**2
    slope_y = (of_y * xx - of_x * xy) / determinant
    slope_x = (of_x * yy - of_y * xy) / determinant
    return mean + slope_y * (y - mean_y) + slope_x * (x - mean_x)


def _normalised(cells: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Divide a field by its mean over the cells that are known."""
    return (cells / np.mean(cells[known])).astype(np.float32)


def _between(cells: np.ndarray, cell: int, rows: range, columns: range) -> np.ndarray:
    """Interpolate a field linearly between the centres of its cells."""
    cells = np.pad(cells, [(0, side == 1) for side in cells.shape], mode="edge")
    (above, down), (before, right) = (
        _places(one, cell, count) for one, count in zip((rows, columns), cells.shape, strict=True)
    )
    field = cells[above] * (1 - down)[:, None] + cells[above + 1] * down[:, None]
    return np.maximum(field[:, before] * (1 - right) + field[:, before + 1] * right, LEAST)


def _places(pixels: range, cell: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The cell before each pixel of a row or column, and how far from its centre to the next.

    Beyond the centre of the last cell its slope goes on.
    """
    at = (np.arange(pixels.start, pixels.stop) + 0.5) / cell - 0.5
    before = np.clip(np.floor(at).astype(np.intp), 0, count - 2)
    return before, (at - before).astype(np.float32)

"""Random squares of a mosaic and their scaled curves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rockrec.descriptors import ORDER, describe, scaled

FORMS = ("pooled", "per_image")


@dataclass(frozen=True)
class Draw:
    """A set of random squares of one size.

    Attributes
    ----------
    descriptor, size : what is told of them, their side in px.
    rows, columns : (n,) of their corners, px.
    curves : (n, lags) the descriptor of each.
    """

    descriptor: str
    size: int
    rows: np.ndarray
    columns: np.ndarray
    curves: np.ndarray

    def scaled(self, form: str) -> np.ndarray:
        """Return the scaled curve of the set, (lags,), NaN where none is defined."""
        if form == "pooled":
            if not len(self.curves):
                return np.full(self.curves.shape[1], np.nan)
            return _scaled(self.descriptor, self.curves.mean(axis=0))
        return self.images.mean(axis=0) if len(self.images) else self.curves[0] * np.nan

    @property
    def images(self) -> np.ndarray:
        """The scaled curves of the squares that have one, those of two phases."""
        each = _scaled(self.descriptor, self.curves)
        return each[~np.isnan(each[:, 0])]

    def without(self, top: float, left: float, bottom: float, right: float) -> "Draw":
        """Return the squares whose middle lies outside a rectangle; all, if none does."""
        rows, columns = self.rows + self.size / 2, self.columns + self.size / 2
        inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
        kept = ~inside if not inside.all() else np.ones_like(inside)
        return Draw(
            self.descriptor, self.size, self.rows[kept], self.columns[kept], self.curves[kept]
        )


# By role (the set that is compared, "", or the largest size's "control") and size.
Draws = Mapping[tuple[str, int], Draw]


def draw(mosaic, phase, outside, descriptor, size, squares, rng) -> Draw:
    """Draw squares, which hold rock alone, and describe them."""
    rows, columns = _draw_corners(mosaic.shape, outside, size, squares, rng)
    images = np.empty((len(rows), size, size), np.uint8)
    for image, row, column in zip(images, rows, columns, strict=True):
        image[:] = mosaic[row : row + size, column : column + size] == phase
    return Draw(descriptor, size, rows, columns, describe(images, (descriptor,))[descriptor])


def _draw_corners(shape, outside, size, squares, rng) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the corners of random squares, which hold rock alone."""
    if outside is not None:
        return outside.draw_squares(size, squares, rng)
    height, width = shape
    rows = rng.integers(0, height - size + 1, squares)
    return rows, rng.integers(0, width - size + 1, squares)


def _scaled(descriptor: str, curves: np.ndarray) -> np.ndarray:
    if descriptor in ORDER:
        return scaled(curves, curves[..., 0], ORDER[descriptor])
    fraction = curves[..., :1]
    return curves / np.where(fraction > 0, fraction, np.nan)

"""A mosaic at another pixel size, and labels brought back to its own, band by band."""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import sparse


class Resampled:
    """A gray mosaic as pixels of another size would show it; its rows are read like an array's.

    Linear between pixels, and where they become larger the mean over what they cover. A row comes
    out the same whichever others are read with it.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic.
    factor : the mosaic's pixel size over the wanted one.

    Attributes
    ----------
    shape : px.
    """

    def __init__(self, mosaic, factor: float):
        self._mosaic = mosaic
        self.shape = tuple(max(1, round(side * factor)) for side in mosaic.shape)
        self._rows, columns = (
            _weights(side, number) for side, number in zip(mosaic.shape, self.shape, strict=True)
        )
        self._columns = columns.T.tocsc()

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return some rows as float32."""
        weights = self._rows[rows]
        used = weights.indices
        if not len(used):
            return np.empty((0, self.shape[1]), np.float32)
        reach = slice(int(used.min()), int(used.max()) + 1)
        band = self._mosaic[reach].astype(np.float32)
        return (weights[:, reach] @ band) @ self._columns


def _weights(side: int, number: int) -> sparse.csr_matrix:
    """What each of `number` new pixels takes from `side` old ones along an axis: rows sum to 1."""
    step = side / number  # a new pixel in old ones
    support = max(1.0, step)
    centres = (np.arange(number) + 0.5) * step - 0.5
    first = np.ceil(centres - support).astype(int)
    taken = first[:, None] + np.arange(int(2 * support) + 2)
    weights = np.maximum(0, 1 - np.abs(taken - centres[:, None]) / support)
    places = np.clip(taken, 0, side - 1)  # beyond the border as at it
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(number), taken.shape[1])
    matrix = sparse.coo_matrix((weights.ravel(), (rows, places.ravel())), (number, side))
    matrix = matrix.tocsr().astype(np.float32)
    matrix.eliminate_zeros()
    return matrix


def brought_back(
    bands: Iterable[np.ndarray], shape: tuple[int, int], resampled: tuple[int, int]
) -> Iterator[np.ndarray]:
    """Yield labels of a mosaic of `shape` from those at another pixel size, by nearest pixel.

    Parameters
    ----------
    bands : rows of labels from top to bottom, `resampled` px in all.
    """
    rows, columns = (
        np.minimum(((np.arange(side) + 0.5) * number / side).astype(int), number - 1)
        for side, number in zip(shape, resampled, strict=True)
    )
    top = 0
    for band in bands:
        first, end = np.searchsorted(rows, (top, top + len(band)))
        if first < end:
            yield band[rows[first:end] - top][:, columns]
        top += len(band)

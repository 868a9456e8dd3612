"""A mosaic at another pixel size, and labels brought back to its own rock, band by band."""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import sparse


class Resampled:
    """A gray mosaic as pixels of another size would show it; its rows are read like an array's.

    Linear between pixels, and where they become larger the mean over what they cover, of rock
    alone. A row comes out the same whichever others are read with it.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic.
    factor : the mosaic's pixel size over the wanted one.
    outside : pixels of the mosaic that are no rock, 2D bool that is read like an array.

    Attributes
    ----------
    shape : px.
    outside : the new pixels that no rock shows in, read like rows of bool; None where all is rock.
    """

    def __init__(self, mosaic, factor: float, outside=None):
        self._mosaic, self._outside = mosaic, outside
        self.shape = tuple(max(1, round(side * factor)) for side in mosaic.shape)
        self._rows, columns = (
            _weights(side, number) for side, number in zip(mosaic.shape, self.shape, strict=True)
        )
        self._columns = columns.T.tocsc()

    @property
    def outside(self) -> "_WithoutRock | None":
        return None if self._outside is None else _WithoutRock(self)

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return some rows as float32; what shows no rock is 0."""
        band = self._reached(self._mosaic, rows)
        if self._outside is None:
            return self._shown(band, rows)
        hidden = self._reached(self._outside, rows)
        shown = self._shown(np.where(hidden, np.float32(0), band), rows)
        lost, kept = self._shown(hidden, rows), self._shown(~hidden, rows)
        return np.where(lost > 0, shown / np.where(kept > 0, kept, 1), shown)

    def rock(self, rows: slice) -> np.ndarray:
        """Return what share of some rows' pixels is rock, up to rounding; 0 just where none is."""
        return self._shown(~self._reached(self._outside, rows), rows)

    def _reached(self, image, rows: slice) -> np.ndarray:
        """Read the rows of an image of the mosaic's shape that some new rows take from."""
        used = self._rows[rows].indices
        return image[int(used.min()) : int(used.max()) + 1] if len(used) else image[:0]

    def _shown(self, band: np.ndarray, rows: slice) -> np.ndarray:
        weights = self._rows[rows]
        used = weights.indices
        first = int(used.min()) if len(used) else 0
        return (weights[:, first : first + len(band)] @ band.astype(np.float32)) @ self._columns


class _WithoutRock:
    """The pixels of a resampled mosaic that no rock shows in, read by rows."""

    def __init__(self, resampled: Resampled):
        self._resampled, self.shape = resampled, resampled.shape

    def __getitem__(self, rows: slice) -> np.ndarray:
        return self._resampled.rock(rows) == 0


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


def cleared(bands: Iterator[np.ndarray], outside) -> Iterator[np.ndarray]:
    """Pass labels on, 0 where they are outside."""
    top = 0
    for labels in bands:
        labels[outside[top : top + len(labels)]] = 0
        yield labels
        top += len(labels)

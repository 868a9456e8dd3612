"""Annotated fields: the pieces of a mosaic that hold labels, with some gray around."""

import logging
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from imagecodecs import zstd_decode, zstd_encode

log = logging.getLogger(__name__)

BLOCK = 1024  # px; labels are looked for block by block


class Field:
    """A piece of a mosaic and the labels of its pixels.

    A mosaic may be labelled all over: the gray levels are read from it when they are asked for,
    and the labels are kept compressed.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic.
    row, column : of the field's first pixel in the mosaic.
    labels : (h, w) uint8, 0 = not labelled.
    outside : pixels of the mosaic that are no rock, 2D bool that is read like an array.

    Attributes
    ----------
    row, column : as given.
    shape : (h, w).
    """

    def __init__(self, mosaic, row: int, column: int, labels: np.ndarray, outside=None):
        if labels.ndim != 2 or labels.dtype != np.uint8:
            raise ValueError(f"labels of a field are 2D uint8, not {labels.ndim}D {labels.dtype}")
        ends = row + labels.shape[0], column + labels.shape[1]
        if min(row, column) < 0 or ends[0] > mosaic.shape[0] or ends[1] > mosaic.shape[1]:
            raise ValueError(
                f"a field at row {row}, column {column} of {_size(labels)} px reaches beyond the "
                f"mosaic of {_size(mosaic)} px"
            )
        self.row, self.column, self.shape = row, column, labels.shape
        self._mosaic, self._outside = mosaic, outside
        self._labels = zstd_encode(np.ascontiguousarray(labels))

    @property
    def gray(self) -> np.ndarray:
        """(h, w), the mosaic's gray levels."""
        return self.gray_at(0, 0, self.shape)

    @property
    def outside(self) -> np.ndarray | None:
        """(h, w) bool, what is no rock; None where all is."""
        if self._outside is None:
            return None
        return np.asarray(self._outside[extent(self.row, self.column, self.shape)])

    @property
    def labels(self) -> np.ndarray:
        """(h, w) uint8, 0 = not labelled; not to be written to."""
        return np.frombuffer(zstd_decode(self._labels), np.uint8).reshape(self.shape)

    def gray_at(self, row: int, column: int, shape: Sequence[int]) -> np.ndarray:
        """Return the gray levels of a piece that begins at a pixel of the field."""
        return np.asarray(self._mosaic[extent(self.row + row, self.column + column, shape)])

    def within(self, rows: slice, columns: slice) -> "Field":
        """Return the field of some of its rows and columns (slices without steps)."""
        down, right = (
            span.indices(side)[0] for span, side in zip((rows, columns), self.shape, strict=True)
        )
        labels = self.labels[rows, columns]
        return Field(self._mosaic, self.row + down, self.column + right, labels, self._outside)

    def relabelled(self, labels: np.ndarray) -> "Field":
        """Return the field with other labels."""
        return Field(self._mosaic, self.row, self.column, labels, self._outside)

    def elsewhere(self, rows: slice, columns: slice) -> "Field":
        """Return another piece of the same mosaic, of which nothing is labelled."""
        labels = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        return Field(self._mosaic, rows.start, columns.start, labels, self._outside)

    @property
    def mosaic_shape(self) -> tuple[int, int]:
        """Of the whole mosaic, px."""
        return tuple(self._mosaic.shape)


def one_of_each_mosaic(fields: Iterable[Field]) -> list[Field]:
    """Return the first field of each mosaic."""
    return list({id(field._mosaic): field for field in reversed(list(fields))}.values())[::-1]


def labelled_fields(mosaic, labels, margin: int = 128, outside=None) -> list[Field]:
    """Find the labelled places of a mosaic that has a label image of its full size.

    Parameters
    ----------
    mosaic, labels : arrays, or readers that are sliced like arrays (``[rows, columns]``);
        labels are whole numbers, 0 = not labelled, 1 to 255 = classes.
    margin : px of gray around the labels of a block; the network's training crop, or the
        network sees less around a label than it could.
    outside : pixels of the mosaic that are no rock, 2D bool that is read like an array; labels
        there do not count.

    Returns
    -------
    Fields of at most 1024 px and two margins a side, which read the mosaic as long as they are
    used. A label stands in one field only.

    Raises
    ------
    ValueError : the shapes differ, or labels are no whole numbers from 0 to 255.
    """
    if tuple(labels.shape) != tuple(mosaic.shape):
        raise ValueError(
            f"{_name(labels, 'labels')}: {_size(labels)} px, but the mosaic has {_size(mosaic)} px"
        )
    return list(_fields(mosaic, labels, 0, 0, margin, outside))


def fields_at(
    mosaic, annotated: Iterable[tuple[object, int, int]], margin: int = 128, outside=None
) -> list[Field]:
    """Place fields of a mosaic that were annotated apart.

    Parameters
    ----------
    mosaic, margin, outside : as for `labelled_fields`.
    annotated : (labels, row, column) of each field, row and column of its first pixel in the
        mosaic. The labels of fields that overlap count in each.

    Raises
    ------
    ValueError : a field reaches beyond the mosaic, or holds labels that are no whole numbers
        from 0 to 255.
    """
    fields = []
    for number, (labels, row, column) in enumerate(annotated, start=1):
        height, width = labels.shape
        fits = 0 <= row <= mosaic.shape[0] - height and 0 <= column <= mosaic.shape[1] - width
        if not fits:
            raise ValueError(
                f"{_name(labels, f'field {number}')}: {_size(labels)} px at row {row}, column "
                f"{column} reach beyond the mosaic of {_size(mosaic)} px"
            )
        fields += _fields(mosaic, labels, row, column, margin, outside)
    return fields


def extent(row: int, column: int, shape: Sequence[int]) -> tuple[slice, slice]:
    """Rows and columns of a piece that begins at a pixel."""
    return slice(row, row + shape[0]), slice(column, column + shape[1])


def _fields(mosaic, labels, row: int, column: int, margin: int, outside) -> Iterator[Field]:
    """Fields of a label image whose first pixel lies at (row, column) of the mosaic."""
    height, width = labels.shape
    left_out = 0
    for top in range(0, height, BLOCK):
        for left in range(0, width, BLOCK):
            block = labels[top : min(top + BLOCK, height), left : min(left + BLOCK, width)]
            block = _as_labels(block, _name(labels, "labels"))
            if outside is not None and block.any():
                hidden = outside[extent(row + top, column + left, block.shape)]
                left_out += np.count_nonzero(block[hidden])
                block[hidden] = 0
            if block.any():
                yield _with_margin(mosaic, block, row + top, column + left, margin, outside)
    if left_out:
        log.warning(
            "%s: %s labelled pixels lie outside the rock and do not count",
            *(_name(labels, "labels"), f"{left_out:,}"),
        )


def _with_margin(mosaic, block: np.ndarray, row: int, column: int, margin: int, outside) -> Field:
    """Cut a block to its labels and put gray around them."""
    spans, begins, paddings = [], [], []
    for axis, first in ((0, row), (1, column)):
        labelled = np.flatnonzero(block.any(axis=1 - axis))
        start, stop = labelled[0], labelled[-1] + 1
        begin = max(first + start - margin, 0)
        end = min(first + stop + margin, mosaic.shape[axis])
        spans.append(slice(start, stop))
        begins.append(int(begin))
        paddings.append((first + start - begin, end - first - stop))
    return Field(mosaic, *begins, np.pad(block[tuple(spans)], paddings), outside)


def _as_labels(block: np.ndarray, name: str) -> np.ndarray:
    if not np.issubdtype(block.dtype, np.integer):
        raise ValueError(f"{name}: labels must be whole numbers, not {block.dtype}")
    if block.min() < 0 or block.max() > 255:
        raise ValueError(f"{name}: labels must be 0 to 255, not {block.min()} to {block.max()}")
    return block.astype(np.uint8)


def _name(labels, otherwise: str) -> str:
    return str(getattr(labels, "path", otherwise))


def _size(image) -> str:
    return f"{image.shape[0]} x {image.shape[1]}"

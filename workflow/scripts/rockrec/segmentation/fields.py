"""Annotated fields: the pieces of a mosaic that hold labels, cut out with some gray around."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

BLOCK = 1024  # px; labels are looked for block by block


@dataclass(frozen=True, eq=False)
class Field:
    """A piece of a mosaic and the labels of its pixels.

    Attributes
    ----------
    row, column : of its first pixel in the mosaic.
    gray : (h, w), the mosaic's gray levels.
    labels : (h, w) uint8, 0 = not labelled.
    """

    row: int
    column: int
    gray: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        if self.gray.ndim != 2 or self.gray.shape != self.labels.shape:
            raise ValueError(
                "a field and its labels are 2D and of one shape, not "
                f"{self.gray.shape} and {self.labels.shape}"
            )
        if self.labels.dtype != np.uint8:
            raise ValueError(f"labels of a field are uint8, not {self.labels.dtype}")


def labelled_fields(mosaic, labels, margin: int = 128) -> list[Field]:
    """Cut the labelled places out of a mosaic with a label image of its full size.

    Parameters
    ----------
    mosaic, labels : arrays, or readers that are sliced like arrays (``[rows, columns]``);
        labels are whole numbers, 0 = not labelled, 1 to 255 = classes.
    margin : px of gray around the labels of a block; the network's training crop, or the
        network sees less around a label than it could.

    Returns
    -------
    Fields of at most 1024 px and two margins a side. A label stands in one field only.

    Raises
    ------
    ValueError : the shapes differ, or labels are no whole numbers from 0 to 255.
    """
    if tuple(labels.shape) != tuple(mosaic.shape):
        raise ValueError(
            f"{_name(labels, 'labels')}: {_size(labels)} px, but the mosaic has {_size(mosaic)} px"
        )
    return list(_fields(mosaic, labels, 0, 0, margin))


def fields_at(
    mosaic, annotated: Iterable[tuple[object, int, int]], margin: int = 128
) -> list[Field]:
    """Cut fields out of a mosaic that were annotated apart.

    Parameters
    ----------
    mosaic, margin : as for `labelled_fields`.
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
        fields += _fields(mosaic, labels, row, column, margin)
    return fields


def extent(row: int, column: int, shape: Sequence[int]) -> tuple[slice, slice]:
    """Rows and columns of a piece that begins at a pixel."""
    return slice(row, row + shape[0]), slice(column, column + shape[1])


def _fields(mosaic, labels, row: int, column: int, margin: int) -> Iterator[Field]:
    """Fields of a label image whose first pixel lies at (row, column) of the mosaic."""
    height, width = labels.shape
    for top in range(0, height, BLOCK):
        for left in range(0, width, BLOCK):
            block = labels[top : min(top + BLOCK, height), left : min(left + BLOCK, width)]
            block = _as_labels(block, _name(labels, "labels"))
            if block.any():
                yield _with_margin(mosaic, block, row + top, column + left, margin)


def _with_margin(mosaic, block: np.ndarray, row: int, column: int, margin: int) -> Field:
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
    labels = np.pad(block[tuple(spans)], paddings)
    return Field(*begins, np.asarray(mosaic[extent(*begins, labels.shape)]), labels)


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

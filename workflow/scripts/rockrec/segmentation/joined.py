"""Several mosaics as if they were one, so that the labels of all teach one model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rockrec.segmentation.fields import Field
from rockrec.segmentation.folds import SIDES
from rockrec.segmentation.label_classes import label_counts

STEP = max(SIDES)  # px; mosaics begin at whole multiples, so that no place lies in two of them


@dataclass(frozen=True)
class Part:
    """A mosaic among several.

    Attributes
    ----------
    name : of its sample.
    mosaic : 2D gray, an array or an open mosaic.
    gray_range : its own, which is stretched to that of the first.
    outside : its pixels that are no rock, 2D bool that is read like an array; None where all is.
    fields : its annotated fields.
    """

    name: str
    mosaic: object
    gray_range: tuple[float, float]
    outside: object
    fields: Sequence[Field]


class Joined:
    """Mosaics below one another, each stretched to the contrast of the first; read like an array.

    Parameters
    ----------
    parts : the mosaics.

    Attributes
    ----------
    shape : px. gray_range : of all, that of the first.
    outside : what is no rock of a mosaic, and what lies between them, 2D bool, read alike.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, parts: Sequence[Part]):
        self._parts, self.gray_range = parts, parts[0].gray_range
        rows = [-(-part.mosaic.shape[0] // STEP) * STEP for part in parts]
        self._firsts = np.cumsum([0, *rows[:-1]]).tolist()
        self.shape = sum(rows), max(part.mosaic.shape[1] for part in parts)
        self.outside = _Outside(self)

    def fields(self) -> list[Field]:
        """Return all annotated fields, in their places here."""
        return [
            Field(self, first + field.row, field.column, field.labels, self.outside)
            for first, part in zip(self._firsts, self._parts, strict=True)
            for field in part.fields
        ]

    def whose(self) -> list[str]:
        """Return of each of the fields the name of its sample."""
        return [part.name for part in self._parts for _ in part.fields]

    def pieces(self, region: tuple[slice, slice]) -> Iterator[tuple[Part, tuple, tuple]]:
        """Yield every mosaic in a region: itself, the piece of it, and its place in the region."""
        (top, bottom, _), (left, right, _) = (
            span.indices(side) for span, side in zip(region, self.shape, strict=True)
        )
        for first, part in zip(self._firsts, self._parts, strict=True):
            height, width = part.mosaic.shape
            rows = slice(max(top - first, 0), min(bottom - first, height))
            columns = slice(left, min(right, width))
            if rows.start < rows.stop and columns.start < columns.stop:
                down = slice(rows.start + first - top, rows.stop + first - top)
                yield part, (rows, columns), (down, slice(0, columns.stop - left))

    def empty(self, region: tuple[slice, slice], value, dtype) -> np.ndarray:
        """Return an array of a region's shape, full of a value."""
        shape = [len(range(*s.indices(side))) for s, side in zip(region, self.shape, strict=True)]
        return np.full(shape, value, dtype)

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        low, high = self.gray_range
        gray = self.empty(region, low, self.dtype)
        for part, own, place in self.pieces(region):
            own_low, own_high = part.gray_range
            factor = np.float32((high - low) / (own_high - own_low))
            levels = np.asarray(part.mosaic[own]).astype(np.float32)
            gray[place] = (levels - np.float32(own_low)) * factor + np.float32(low)
        return gray


class _Outside:
    """What of joined mosaics is no rock."""

    def __init__(self, joined: Joined):
        self._joined, self.shape = joined, joined.shape

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        outside = self._joined.empty(region, True, bool)
        for part, own, place in self._joined.pieces(region):
            outside[place] = False if part.outside is None else np.asarray(part.outside[own])
        return outside


def counts_told(parts: Sequence[Part]) -> list[str]:
    """Say how many pixels of each label every mosaic brings."""
    said = []
    for part in parts:
        counts = label_counts(part.fields)
        values = np.flatnonzero(counts)
        listed = ", ".join(f"{value}: {counts[value]:,}" for value in values if value)
        said.append(f"{part.name}: labelled pixels {listed or 'none'}")
    return said

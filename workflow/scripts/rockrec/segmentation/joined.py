"""Several mosaics as if they were one, so that the labels of all teach one model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockrec.segmentation.fields import Field
from rockrec.segmentation.forests.folds import SIDES
from rockrec.segmentation.parts import label_counts

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
    """Mosaics below one another, each stretched to the contrast of the first, float32.

    Pieces are read that lie in one of them.

    Parameters
    ----------
    parts : the mosaics.

    Attributes
    ----------
    shape : px. gray_range : of all, that of the first.
    """

    def __init__(self, parts: Sequence[Part]):
        self._parts, self.gray_range = parts, parts[0].gray_range
        rows = [-(-part.mosaic.shape[0] // STEP) * STEP for part in parts]
        self._firsts = np.concatenate([[0], np.cumsum(rows)[:-1]])
        self.shape = int(sum(rows)), max(part.mosaic.shape[1] for part in parts)

    def fields(self) -> list[Field]:
        """Return all annotated fields, in their places here."""
        outside = self.outside
        return [
            Field(self, int(first) + field.row, field.column, field.labels, outside)
            for first, part in zip(self._firsts, self._parts, strict=True)
            for field in part.fields
        ]

    def whose(self) -> list[str]:
        """Return of each of the fields the name of its sample."""
        return [part.name for part in self._parts for _ in part.fields]

    @property
    def outside(self) -> "_Outside | None":
        return None if all(part.outside is None for part in self._parts) else _Outside(self)

    def at(self, rows: slice) -> tuple[Part, slice]:
        """Return the mosaic that some rows lie in, and its own rows."""
        number = int(np.searchsorted(self._firsts, rows.start, side="right")) - 1
        first = int(self._firsts[number])
        return self._parts[number], slice(rows.start - first, rows.stop - first)

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        part, rows = self.at(region[0])
        gray = np.asarray(part.mosaic[rows, region[1]]).astype(np.float32)
        (low, high), (own_low, own_high) = self.gray_range, part.gray_range
        factor = np.float32((high - low) / (own_high - own_low))
        return (gray - np.float32(own_low)) * factor + np.float32(low)


class _Outside:
    """What of joined mosaics is no rock."""

    def __init__(self, joined: Joined):
        self._joined = joined

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        part, rows = self._joined.at(region[0])
        if part.outside is None:
            columns = region[1]
            return np.zeros((rows.stop - rows.start, columns.stop - columns.start), bool)
        return np.asarray(part.outside[rows, region[1]])


def counts_told(parts: Sequence[Part]) -> list[str]:
    """Say how many pixels of each label every mosaic brings."""
    said = []
    for part in parts:
        counts = label_counts(part.fields)
        values = np.flatnonzero(counts)
        listed = ", ".join(f"{value}: {counts[value]:,}" for value in values if value)
        said.append(f"{part.name}: labelled pixels {listed or 'none'}")
    return said

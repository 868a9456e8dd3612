"""The values of a label mosaic: every one with its share, and whether they are labels at all."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rockrec.images import ImageError, check_lossless
from rockrec.mosaics import row_bands
from rockrec.mosaics.counting import count, count_labels, count_rock
from rockrec.mosaics.outside import MASKED, NOT_SCANNED, ROCK

MOST_LABELS = 64  # of unnamed values; a mineral map has fewer, gray levels are more
FURTHEST = 2**16  # from 0
SHOWN = 8  # of many values the commonest
PARTS = "rock", "masked", "not_scanned"  # of a mosaic
# What resizing, smoothing or lossy compression leaves between labels stands at their edges only:
COHERENT = 0.5  # of all pixels of a rock, at least, continue to the right and below
EDGE = 0.05  # of the pixels of such a value, at most
BETWEEN = 0.2  # of the pixels of all such values, at least, lie between two opposite neighbours
FEWEST_EDGES = 3  # one or two in-between labels may be rims of minerals


@dataclass(frozen=True)
class LabelValues:
    """The values that a label mosaic has, ascending, the pixels of each, and which are no rock."""

    path: str
    values: np.ndarray
    pixels: np.ndarray
    outside: Collection[int] = ()

    @property
    def shares(self) -> np.ndarray:
        """Share of each value in all pixels."""
        return self.pixels / self.pixels.sum()

    def told(self, names: Mapping[int, str] | None = None) -> str:
        """Say them with their shares: ``1: 5.0 % (pore), 2: 95.0 %``; of many the commonest."""
        names = dict(names or {}) | dict.fromkeys(self.outside, "outside")
        commonest = np.argsort(-self.pixels, kind="stable")[:SHOWN]
        listed = [
            f"{self.values[i]:g}: {_percent(self.shares[i])}"
            + (f" ({names[self.values[i]]})" if self.values[i] in names else "")
            for i in sorted(commonest)
        ]
        more = len(self.values) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")

    def check_phase(self, phase: int, key: str = "the phase") -> None:
        """Raise ImageError if no pixel is of the phase that `key` names, or every one is."""
        if phase not in self.values or phase in self.outside:
            raise ImageError(
                f"{key}: {phase} is none of the values of {self.path}, which are {self.told()}"
            )
        if len(set(self.values.tolist()) - set(self.outside)) == 1:
            raise ImageError(f"{self.path}: every pixel is of phase {phase}")


def label_values(
    mosaic, classes: Collection[int] = (), outside: Collection[int] = ()
) -> LabelValues:
    """Count the values of a label mosaic, in one pass from top to bottom.

    Parameters
    ----------
    mosaic : an open mosaic of whole numbers.
    classes : the values that it may have; if empty, what looks like no labels is refused.
    outside : the values of what is no rock, which belong to no class.

    Raises
    ------
    ImageError : values that are no whole numbers, of no class, too many, or interpolated ones; a
        lossy compression, which changes labels. The message has the shares of the commonest.
    """
    check_lossless(mosaic.path, mosaic.lossy)
    bands = (mosaic[rows] for rows in row_bands(mosaic.shape[0]))
    return values_of(mosaic.path, bands, classes, ", or name each value under classes", outside)


def values_of(
    path: str | os.PathLike,
    bands: Iterable[np.ndarray],
    classes: Collection[int] = (),
    otherwise: str = "",
    outside: Collection[int] = (),
) -> LabelValues:
    """Count the values of bands (rows, columns), or images, of a file; see `label_values`.

    `otherwise` is told beside what to do about values that are no labels.
    """
    counts = np.zeros((4, 2 * FURTHEST), np.int64)
    for band in bands:
        narrow = band.dtype in (np.uint8, np.uint16)
        count_labels(band if narrow else _whole(path, band), FURTHEST, counts)
    pixels = counts[0]
    found = np.flatnonzero(pixels)
    values = LabelValues(str(path), found - FURTHEST, pixels[found], outside)
    if classes:
        _check_classes(values, classes)
    elif len(found) > MOST_LABELS:
        raise ImageError(
            f"{path}: {len(found)} different values are no labels (the commonest: "
            f"{values.told()}); a segmented mosaic has a few whole numbers, one for each phase. "
            f"Export the labels as they are, not a gray image, probabilities or a resized copy"
            f"{otherwise}"
        )
    elif between := _in_between(values.values, *counts[1:, found]):
        listed = ", ".join(map(str, between[:SHOWN])) + (", ..." if len(between) > SHOWN else "")
        raise ImageError(
            f"{path}: the values {listed} stand only between others, as after interpolation, "
            f"smoothing or lossy compression ({values.told()}); resize labels by nearest neighbour "
            f"and store them without loss{otherwise}"
        )
    return values


def together(several: Sequence[LabelValues]) -> LabelValues:
    """Return the values of several files as those of one."""
    values, places = np.unique(np.concatenate([one.values for one in several]), return_inverse=True)
    pixels = np.bincount(places, np.concatenate([one.pixels for one in several])).astype(int)
    return LabelValues(", ".join(one.path for one in several), values, pixels)


def value_table(mosaic, outside=None) -> pd.DataFrame:
    """Count the values of a label mosaic: those of its rock, and of what is outside, in one pass.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    outside : a `rockrec.mosaics.Outside`; None where all is rock.

    Returns
    -------
    A line per value: value, and the pixels of rock, of what is masked, of what was not_scanned.
    """
    counts = np.zeros((len(PARTS), 2 * FURTHEST), np.int64)
    for rows in row_bands(mosaic.shape[0]):
        band = mosaic[rows]
        band = band if band.dtype in (np.uint8, np.uint16) else _whole("a mosaic", band)
        if outside is None:
            count(band, counts[0])
            continue
        marks = outside.marks[rows]
        for part, mark in zip(counts, (ROCK, MASKED, NOT_SCANNED), strict=True):
            count_rock(band, marks != mark, part)
    counts = np.roll(counts, FURTHEST, axis=1)  # those below 0 were counted from the end
    found = np.flatnonzero(counts.any(axis=0))
    table = pd.DataFrame(counts[:, found].T, columns=PARTS)
    table.insert(0, "value", found - FURTHEST)
    return table


def values_in_words(table: pd.DataFrame, names: Mapping[int, str] | None = None) -> str:
    """Say what `value_table` found; a value that no rock has is marked as outside."""
    values, pixels = table["value"].to_numpy(), table[list(PARTS)].sum(axis=1).to_numpy()
    return LabelValues("", values, pixels, values[table["rock"] == 0].tolist()).told(names)


def _whole(path: str | os.PathLike, band: np.ndarray) -> np.ndarray:
    """A band of other numbers as integers near 0, or ImageError with what it holds."""
    is_label = np.abs(band) < FURTHEST if band.dtype != bool else np.ones(band.shape, bool)
    if band.dtype.kind == "f":
        is_label &= np.floor(band) == band
    if not is_label.all():
        values = LabelValues(str(path), *np.unique(band, return_counts=True))
        raise ImageError(
            f"{path}: {band[~is_label][0]:g} is no label, which is a whole number up to "
            f"{FURTHEST - 1} (its first {len(band)} rows, or fewer, have {values.told()}); export "
            "the labels, not probabilities or an interpolated image"
        )
    return band.astype(np.int32)


def _check_classes(values: LabelValues, classes: Collection[int]) -> None:
    unknown = [int(value) for value in values.values if value not in {*classes, *values.outside}]
    if unknown:
        raise ImageError(
            f"{values.path}: {', '.join(map(str, unknown[:SHOWN]))} is none of the classes, "
            f"{', '.join(map(str, sorted(classes)))} (it has {values.told()}); "
            f"if it is no rock, write `outside: {unknown[0]}` into the sample's block"
        )


def _in_between(values: np.ndarray, continued, between, seen) -> list[int]:
    """Values that stand at the edges of others only, as resizing leaves them; else none."""
    if continued.sum() < COHERENT * seen.sum():
        return []
    at_edges = continued < EDGE * np.maximum(seen, 1)
    at_edges &= (values > values.min()) & (values < values.max())
    if between[at_edges].sum() < BETWEEN * seen[at_edges].sum():
        return []
    return values[at_edges].tolist() if at_edges.sum() >= FEWEST_EDGES else []


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %") if share >= 5e-4 else "under 0.1 %"

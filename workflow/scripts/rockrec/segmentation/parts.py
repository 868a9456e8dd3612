"""Divide annotated fields into parts by position."""

from collections.abc import Mapping, Sequence

import numpy as np

from rockrec.segmentation.fields import Field

PARTS = ("train", "validation", "test")
FEWEST = 20  # labelled pixels of each class that a part needs


class LabelsError(ValueError):
    """Labels that nothing can be learnt from."""


def cuts(
    fields: Sequence[Field],
    mosaic_shape: tuple[int, int],
    validation_fraction: float,
    test_fraction: float,
) -> tuple[int, dict[str, range]]:
    """Cut the mosaic across its longer axis into bands for train, validation and test.

    The cuts lie where the labelled pixels divide as the fractions say, so that labels painted
    in one corner still make three parts.

    Returns
    -------
    The axis, and the rows (axis 0) or columns (axis 1) of each part.
    """
    axis = 0 if mosaic_shape[0] > mosaic_shape[1] else 1
    along = np.zeros(mosaic_shape[axis], np.int64)
    for field in fields:
        counts = np.count_nonzero(field.labels, axis=1 - axis)
        first = (field.row, field.column)[axis]
        along[first : first + len(counts)] += counts
    share = np.cumsum(along) / max(along.sum(), 1)
    ends = [
        min(int(np.searchsorted(share, fraction)) + 1, len(along))
        for fraction in (1 - validation_fraction - test_fraction, 1 - test_fraction)
    ]
    edges = [0, *ends, len(along)]
    return axis, {
        part: range(first, end) for part, first, end in zip(PARTS, edges, edges[1:], strict=False)
    }


def split_fields(
    fields: Sequence[Field],
    mosaic_shape: tuple[int, int],
    classes: Sequence[int],
    validation_fraction: float,
    test_fraction: float,
) -> dict[str, list[Field]]:
    """Divide fields into train, validation and test where `cuts` says; none sees another's gray.

    Raises
    ------
    LabelsError : a part has fewer than 20 labelled pixels of a class.
    """
    axis, bands = cuts(fields, mosaic_shape, validation_fraction, test_fraction)
    parts = {
        part: [piece for field in fields if (piece := _within(field, axis, band)) is not None]
        for part, band in bands.items()
    }
    for part, pieces in parts.items():
        counts = label_counts(pieces)
        for value in classes:
            if counts[value] < FEWEST:
                raise LabelsError(
                    f"the {part} part has {counts[value]} labelled pixels of class {value}, it "
                    f"needs {FEWEST}: label more places along the mosaic, or change the fractions"
                )
    return parts


def label_counts(fields: Sequence[Field]) -> np.ndarray:
    """Count the pixels of each label value, (256,)."""
    counts = np.zeros(256, np.int64)
    for field in fields:
        counts += np.bincount(field.labels.ravel(), minlength=256)
    return counts


def class_values(fields: Sequence[Field], classes: Mapping[int, str]) -> tuple[int, ...]:
    """Return the label values to tell apart: those that are named, or all that occur.

    Raises
    ------
    LabelsError : fewer than two, or labels of none of the named ones.
    """
    found = set(np.flatnonzero(label_counts(fields)).tolist()) - {0}
    if classes and not found <= set(classes):
        unknown = sorted(found - set(classes))
        raise LabelsError(f"labels {unknown} are none of the classes {sorted(classes)}")
    values = tuple(sorted(classes or found))
    if len(values) < 2:
        raise LabelsError(f"needs labels of two classes or more, has {list(values)}")
    return values


def _within(field: Field, axis: int, band: range) -> Field | None:
    """The piece of a field that lies in a band; None if no label does."""
    first = (field.row, field.column)[axis]
    start, stop = (min(max(edge - first, 0), field.shape[axis]) for edge in (band.start, band.stop))
    spans = [slice(None), slice(None)]
    spans[axis] = slice(start, stop)
    if not field.labels[tuple(spans)].any():
        return None
    return field.within(*spans)

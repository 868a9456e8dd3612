"""The classes that labels tell, and how often."""

from collections.abc import Mapping, Sequence

import numpy as np

from rockrec.segmentation.fields import Field


class LabelsError(ValueError):
    """Labels that nothing can be learnt from."""


def label_counts(fields: Sequence[Field]) -> np.ndarray:
    """Count the pixels of each label value, (256,)."""
    counts = np.zeros(256, np.int64)
    for field in fields:
        counts += np.bincount(field.labels.ravel(), minlength=256)
    return counts


def class_values(
    fields: Sequence[Field], classes: Mapping[int, str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the label values that can be told apart, and those that are named but nowhere painted.

    Parameters
    ----------
    classes : names by label value; if empty, the classes are the values that the labels have.

    Raises
    ------
    LabelsError : labels of fewer than two classes, or of none of the named ones.
    """
    found = set(np.flatnonzero(label_counts(fields)).tolist()) - {0}
    if classes and not found <= set(classes):
        unknown = sorted(found - set(classes))
        raise LabelsError(f"labels {unknown} are none of the classes {sorted(classes)}")
    if len(found) < 2:
        raise LabelsError(f"needs labels of two classes or more, has {sorted(found)}")
    return tuple(sorted(found)), tuple(sorted(set(classes) - found))

"""The labels of a sample as the config names them: one image of the mosaic's size, or fields."""

import logging
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from rockrec.label_values import LabelValues
from rockrec.labels import open_labels, read_labels
from rockrec.segmentation.fields import Field, fields_at, labelled_fields
from rockrec.segmentation.label_classes import label_counts

log = logging.getLogger(__name__)

Labels = str | Sequence[Mapping]  # a path, or file, row and column of each field


def annotated_fields(
    mosaic, labels: Labels, unlabelled: int, classes: Collection[int], margin: int, outside=None
) -> list[Field]:
    """Return the places that a label image of the mosaic's size, or those of several fields, label.

    Parameters
    ----------
    unlabelled, classes : as for `rockrec.labels.open_labels`.
    margin : px of gray around the labels of a field.
    outside : pixels of the mosaic that are no rock, 2D bool that is read like an array.
    """
    if isinstance(labels, str):
        with open_labels(labels, unlabelled, classes) as image:
            return labelled_fields(mosaic, image, margin, outside)
    annotated = [
        (read_labels(one["file"], unlabelled, classes), one["row"], one["column"]) for one in labels
    ]
    return fields_at(mosaic, annotated, margin, outside)


def check_painted(
    fields: Sequence[Field], labels: Labels, names: Mapping[int, str], phase: int, key: str
) -> None:
    """Tell how often each label was painted; refuse a phase that none was painted for.

    Raises
    ------
    ImageError : no label, or every one, is of the phase that `key` names.
    """
    counts = label_counts(fields)
    counts[0] = 0  # not labelled
    painted = np.flatnonzero(counts)
    found = LabelValues(files_of(labels), painted, counts[painted])
    log.info("%s: of %d labelled pixels %s", found.path, counts.sum(), found.told(names))
    found.check_phase(phase, key)


def files_of(labels: Labels) -> str:
    """Name the files of labels."""
    return labels if isinstance(labels, str) else ", ".join(one["file"] for one in labels)

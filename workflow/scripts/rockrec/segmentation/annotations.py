"""The labels of a sample as the config names them: one image of the mosaic's size, or fields."""

from collections.abc import Collection, Mapping, Sequence

from rockrec.labels import open_labels, read_labels
from rockrec.segmentation.fields import Field, fields_at, labelled_fields

Labels = str | Sequence[Mapping]  # a path, or file, row and column of each field


def annotated_fields(
    mosaic, labels: Labels, unlabelled: int, classes: Collection[int], margin: int
) -> list[Field]:
    """Return the places that a label image of the mosaic's size, or those of several fields, label.

    Parameters
    ----------
    unlabelled, classes : as for `rockrec.labels.open_labels`.
    margin : px of gray around the labels of a field.
    """
    if isinstance(labels, str):
        with open_labels(labels, unlabelled, classes) as image:
            return labelled_fields(mosaic, image, margin)
    annotated = [
        (read_labels(one["file"], unlabelled, classes), one["row"], one["column"]) for one in labels
    ]
    return fields_at(mosaic, annotated, margin)


def files_of(labels: Labels) -> str:
    """Name the files of labels."""
    return labels if isinstance(labels, str) else ", ".join(one["file"] for one in labels)

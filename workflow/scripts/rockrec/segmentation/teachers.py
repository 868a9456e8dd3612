"""The samples whose labels teach one model, opened from the files of a run."""

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from rockrec.mosaics import open_mosaic, open_outside, read_contrast
from rockrec.segmentation.annotations import annotated_fields
from rockrec.segmentation.joined import Joined, Part, counts_told

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Teachers:
    """Several samples as one.

    Attributes
    ----------
    classes : names by label value; empty for those that occur.
    pixel_size_nm, bits : of the first sample's mosaic.
    """

    joined: Joined
    classes: Mapping[int, str]
    pixel_size_nm: float
    bits: int


def joined_teachers(opened: ExitStack, inputs, params, margin: int, threads: int) -> Teachers:
    """Open the mosaics and labels of several samples, which stay open as long as `opened` is.

    Parameters
    ----------
    inputs : ``denoised`` and ``contrast``, paths of each sample; ``outside`` and ``inspection``
        of those that were inspected.
    params : ``teachers``, of each sample its name, labels, the value of unlabelled pixels, and
        whether it was inspected; ``classes``, the names of all label values.
    margin : px of gray around the labels of a field.
    """
    classes = {int(value): name for value, name in params.classes.items()}
    marks = iter(zip(inputs.get("outside", ()), inputs.get("inspection", ()), strict=True))
    parts, mosaics = [], []
    for teacher, denoised, contrast in zip(
        params.teachers, inputs.denoised, inputs.contrast, strict=True
    ):
        levels = read_contrast(contrast)
        levels.check(denoised)
        mosaic = opened.enter_context(open_mosaic(denoised, threads=threads))
        marked = next(marks) if teacher["inspected"] else (None, None)
        outside = opened.enter_context(open_outside(*marked))
        labels = teacher["labels"], teacher["unlabelled"], classes
        fields = annotated_fields(mosaic, *labels, margin, outside)
        parts.append(Part(teacher["name"], mosaic, (levels.low, levels.high), outside, fields))
        mosaics.append(mosaic)
    for line in counts_told(parts):
        log.info(line)
    first = mosaics[0]
    return Teachers(Joined(parts), classes, first.pixel_size_nm, 8 * first.dtype.itemsize)

"""A model and a mosaic that it was not taught on: what of it is other than it knows."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from rockrec.mosaics import Contrast
from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.segmentation.confidence import Confidence
from rockrec.segmentation.resampling import Resampled, brought_back, cleared

log = logging.getLogger(__name__)

SAME_CONTRAST = 1.5  # factor of the gray ranges, as shares of the scale
SAME_LEVEL = 0.15  # of the scale; difference of the middles of the gray ranges

Bands = Callable[..., Iterator[np.ndarray]]  # (mosaic, outside=...): labels, from top to bottom


class TransferError(ValueError):
    """A mosaic that a model cannot segment as it is."""


def check_phase(model, phase: int, path: str | os.PathLike, key: str) -> None:
    """Raise TransferError unless a model (U-Net or forest) tells the phase that `key` names."""
    if phase not in model.classes:
        classes = ", ".join(map(str, model.classes))
        raise TransferError(f"{key}: {phase} is none of the classes of {path}, {classes}")


def factor_of(model, pixel_size_nm: float, resample: bool, path: str | os.PathLike) -> float:
    """Return by what factor a mosaic has to be enlarged for a model: 1 where it is as it knows.

    Parameters
    ----------
    model : a U-Net or a forest. path : its file, which messages name.

    Raises
    ------
    TransferError : pixels of another size (by over 10 %) that are not to be resampled.
    """
    if model.pixel_size_nm is None:
        log.warning("%s does not say on what pixel size it was trained: it is not checked", path)
        return 1.0
    factor = pixel_size_nm / model.pixel_size_nm
    if 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
        return 1.0
    said = (
        f"{path} was trained on pixels of {model.pixel_size_nm:g} nm, those of the mosaic have "
        f"{pixel_size_nm:g} nm, {factor:.3g} times as much"
    )
    if not resample:
        raise TransferError(
            f"{said}: resample (segmentation.resample: true, or --resample) segments at the "
            "model's pixel size and brings the labels back; or train one on labels of this mosaic"
        )
    log.info("%s: segmented at the model's pixel size", said)
    return factor


def compare_contrast(model, contrast: Contrast, dtype: np.dtype, path: str | os.PathLike) -> None:
    """Warn of a contrast other than that which a model (U-Net or forest) was trained on."""
    if model.bits is None:
        return
    bits = np.dtype(dtype).itemsize * 8
    known, found = model.gray_range, (contrast.low, contrast.high)
    scale = (2**model.bits - 1, 2**bits - 1)
    (low, high), (own_low, own_high) = (
        (one / top, other / top) for (one, other), top in zip((known, found), scale, strict=True)
    )
    factor = (own_high - own_low) / (high - low)
    shift = abs(own_high + own_low - high - low) / 2
    if not 1 / SAME_CONTRAST <= factor <= SAME_CONTRAST or shift > SAME_LEVEL or bits != model.bits:
        log.warning(
            "%s was trained on gray levels of %g to %g in %d bit, this mosaic has %g to %g in %d "
            "bit: stretched to the same range, but look whether its phases are told apart",
            *(path, *known, model.bits, *found, bits),
        )


def segmented(
    model,
    bands: Bands,
    mosaic,
    contrast: Contrast,
    *,
    pixel_size_nm: float,
    resample: bool,
    path: str | os.PathLike,
    outside=None,
    confidence: Confidence | None = None,
) -> Iterator[np.ndarray]:
    """Segment a mosaic in its own contrast, and at the model's pixel size if that may be.

    Its own contrast, not that of the mosaic that the model was trained on: brightness and contrast
    of the microscope differ from session to session. `model.gray_range` becomes it.

    Parameters
    ----------
    model, path : a U-Net or a forest, and its file, which messages name.
    bands : what segments a mosaic of the model's pixel size: `segmented_bands` or `forest_bands`
        with all but the mosaic.
    outside : pixels that are no rock, 2D bool that is read like an array; their label is 0.
    confidence : is told how probable the labels are, at the pixel size that the model sees.

    Yields
    ------
    The rows of the label image from top to bottom, uint8 of `model.classes`.

    Raises
    ------
    TransferError : another pixel size that is not to be resampled.
    """
    factor = factor_of(model, pixel_size_nm, resample, path)
    compare_contrast(model, contrast, mosaic.dtype, path)
    model.gray_range = (contrast.low, contrast.high)
    if confidence is not None:
        bands = partial(bands, confidence=confidence)
    return segmented_at(bands, mosaic, factor, outside)


def segmented_at(bands: Bands, mosaic, factor: float, outside=None) -> Iterator[np.ndarray]:
    """Segment a mosaic enlarged by `factor`; the labels are of its own size, 0 where outside.

    Parameters
    ----------
    bands : what segments a mosaic of the model's pixel size, as `inference.segmented_bands` does.
    """
    if factor == 1:
        return bands(mosaic, outside=outside)
    resampled = Resampled(mosaic, factor, outside)
    labels = brought_back(
        bands(resampled, outside=resampled.outside), mosaic.shape, resampled.shape
    )
    return labels if outside is None else cleared(labels, outside)

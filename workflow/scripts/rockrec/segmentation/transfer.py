"""A network and a mosaic that it was not trained on: what of it is other than it knows."""

import logging
import os
from collections.abc import Iterator

import numpy as np

from rockrec.mosaics import Contrast
from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.segmentation.inference import cleared, segmented_bands
from rockrec.segmentation.model import UNet
from rockrec.segmentation.resampling import Resampled, brought_back

log = logging.getLogger(__name__)

SAME_CONTRAST = 1.5  # factor of the gray ranges, as shares of the scale
SAME_LEVEL = 0.15  # of the scale; difference of the middles of the gray ranges


class TransferError(ValueError):
    """A mosaic that a network cannot segment as it is."""


def factor_of(unet: UNet, pixel_size_nm: float, resample: bool, model: str | os.PathLike) -> float:
    """Return by what factor a mosaic has to be enlarged for a network: 1 where it is as it knows.

    Raises
    ------
    TransferError : pixels of another size (by over 10 %) that are not to be resampled; the message
        names `model`.
    """
    if unet.pixel_size_nm is None:
        log.warning("%s does not say on what pixel size it was trained: it is not checked", model)
        return 1.0
    factor = pixel_size_nm / unet.pixel_size_nm
    if 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
        return 1.0
    said = (
        f"{model} was trained on pixels of {unet.pixel_size_nm:g} nm, those of the mosaic have "
        f"{pixel_size_nm:g} nm, {factor:.3g} times as much"
    )
    if not resample:
        raise TransferError(
            f"{said}: resample (segmentation.resample: true, or --resample) segments at the "
            "network's pixel size and brings the labels back; or train one on labels of this mosaic"
        )
    log.info("%s: segmented at the network's pixel size", said)
    return factor


def compare_contrast(
    unet: UNet, contrast: Contrast, dtype: np.dtype, model: str | os.PathLike
) -> None:
    """Warn of a contrast other than that which a network was trained on."""
    if unet.bits is None:
        return
    bits = np.dtype(dtype).itemsize * 8
    known, found = unet.gray_range, (contrast.low, contrast.high)
    scale = (2**unet.bits - 1, 2**bits - 1)
    (low, high), (own_low, own_high) = (
        (one / top, other / top) for (one, other), top in zip((known, found), scale, strict=True)
    )
    factor = (own_high - own_low) / (high - low)
    shift = abs(own_high + own_low - high - low) / 2
    if not 1 / SAME_CONTRAST <= factor <= SAME_CONTRAST or shift > SAME_LEVEL or bits != unet.bits:
        log.warning(
            "%s was trained on gray levels of %g to %g in %d bit, this mosaic has %g to %g in %d "
            "bit: stretched to the same range, but look whether its phases are told apart",
            *(model, *known, unet.bits, *found, bits),
        )


def segmented_at(
    unet: UNet, mosaic, factor: float, outside=None, **settings
) -> Iterator[np.ndarray]:
    """Segment a mosaic enlarged by `factor`, see `segmented_bands`; the labels are of its size."""
    if factor == 1:
        return segmented_bands(unet, mosaic, **settings, outside=outside)
    resampled = Resampled(mosaic, factor)
    bands = segmented_bands(unet, resampled, **settings)
    bands = brought_back(bands, mosaic.shape, resampled.shape)
    return bands if outside is None else cleared(bands, outside)

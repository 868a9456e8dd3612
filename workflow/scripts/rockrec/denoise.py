"""Bilateral filter: smooth the noise of a mosaic and keep its edges."""

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numba import prange
from skimage.restoration import denoise_bilateral

from rockrec.housekeeping.compiling import compiled
from rockrec.housekeeping.progress import Progress
from rockrec.mosaics import (
    Contrast,
    Histogram,
    contrast_of,
    measured_bands,
    row_bands,
    write_mosaic,
)

log = logging.getLogger(__name__)

KERNELS = ("exact", "skimage")
DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16))


def denoise(
    image: np.ndarray,
    kernel: str,
    radius: int,
    sigma_space: float,
    sigma_gray: float,
    contrast: Contrast | None = None,
) -> np.ndarray:
    """Denoise an image in one piece; see `denoised_bands`."""
    settings = kernel, radius, sigma_space, sigma_gray
    return next(denoised_bands(image, *settings, contrast, rows=max(len(image), 1)))


def denoise_mosaic(
    mosaic, path: str | os.PathLike, pixel_size_nm: float, threads: int = 1, **settings
) -> Contrast:
    """Denoise an open mosaic into a file, band by band.

    Parameters
    ----------
    settings : kernel, radius, sigma_space, sigma_gray, as in `denoised_bands`.

    Returns
    -------
    The contrast of the denoised mosaic.

    Raises
    ------
    ImageError : nothing is to be seen in it.
    """
    raw = None
    if settings["kernel"] == "skimage" or mosaic.dtype != np.uint8:
        raw = contrast_of(mosaic)
        log.info("raw gray levels: %s", raw)
    histogram = Histogram(mosaic.dtype)
    write_mosaic(
        path,
        measured_bands(denoised_bands(mosaic, **settings, contrast=raw), histogram),
        pixel_size_nm,
        mosaic.shape,
        mosaic.dtype,
        threads,
        compression="zstd",
    )
    contrast = histogram.contrast()
    log.info("denoised gray levels: %s", contrast)
    contrast.check(mosaic.path)
    return contrast


def denoised_bands(
    mosaic,
    kernel: str,
    radius: int,
    sigma_space: float,
    sigma_gray: float,
    contrast: Contrast | None = None,
    rows: int = 1024,
) -> Iterator[np.ndarray]:
    """Replace each pixel by a mean of its neighbours, weighted by distance and by gray.

    The weight of a neighbour at distance d px whose gray differs by g is
    ``exp(-d² / (2 sigma_space²)) exp(-g² / (2 sigma_gray²))`` (Tomasi & Manduchi, 1998). Beyond
    the border the image is mirrored, its outermost pixels not repeated. The result does not
    depend on the bands.

    Parameters
    ----------
    mosaic : 2D uint8 or uint16, an array or an open mosaic.
    kernel : ``exact``: the formula over the disc d <= `radius`, rounded to the nearest gray
        level. ``skimage``: `skimage.restoration.denoise_bilateral` over the square of
        2 radius + 1 px; its spatial weights are sheared, and so is what it returns.
    radius : px, at least 1.
    sigma_space : px.
    sigma_gray : gray levels (0 to 255); for 16 bit, 255ths of the range `contrast.low` to
        `contrast.high`.
    contrast : of the whole mosaic; needed for 16 bit and for ``skimage``, which resolves the
        gray weights by the largest gray level.
    rows : of a band.

    Yields
    ------
    The rows of the denoised mosaic from top to bottom, of its type.

    Raises
    ------
    ValueError : an image that is not 2D or of another type, or a setting out of range.
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel {kernel!r} is none of {', '.join(KERNELS)}")
    if radius < 1 or radius != int(radius):
        raise ValueError(f"radius must be a whole number of pixels, 1 or more, not {radius}")
    for name, sigma in (("sigma_space", sigma_space), ("sigma_gray", sigma_gray)):
        if not 0 < sigma < math.inf:
            raise ValueError(f"{name} must be above 0, not {sigma}")
    if mosaic.dtype not in DTYPES:
        raise ValueError(f"gray images have 8 or 16 bit without sign, this one is {mosaic.dtype}")
    if len(mosaic.shape) != 2 or 0 in mosaic.shape:
        raise ValueError(f"an image to denoise has two dimensions, not shape {mosaic.shape}")
    if min(mosaic.shape) <= radius:
        raise ValueError(
            f"radius {radius} px is too large for {mosaic.shape[0]} x {mosaic.shape[1]} px"
        )
    if contrast is None and (kernel == "skimage" or mosaic.dtype != np.uint8):
        raise ValueError("16 bit and the kernel skimage need the contrast of the whole mosaic")
    return _bands(mosaic, kernel, radius, sigma_space, sigma_gray, contrast, max(rows, radius + 1))


def _bands(mosaic, kernel, radius, sigma_space, sigma_gray, contrast, rows):
    height = mosaic.shape[0]
    bands = row_bands(height, rows)
    progress = Progress("denoise", len(bands))
    for done, band in enumerate(bands, start=1):
        top, bottom = max(band.start - radius, 0), min(band.stop + radius, height)
        if bottom - top <= radius:  # a last band of few rows: mirroring needs more
            top = max(bottom - 2 * radius - 1, 0)
        block = mosaic[top:bottom]
        if kernel == "skimage":
            borders = top == 0, bottom == height
            smooth = _skimage(block, radius, sigma_space, sigma_gray, contrast, borders)
        elif mosaic.dtype == np.uint8:
            smooth = _opencv(block, radius, sigma_space, sigma_gray)
        else:
            smooth = _exact16(block, radius, sigma_space, sigma_gray, contrast)
        progress.report(done)
        yield smooth[band.start - top : band.stop - top]


def _opencv(block, radius, sigma_space, sigma_gray) -> np.ndarray:
    with _without_ipp():
        return cv2.bilateralFilter(
            block, 2 * radius + 1, sigma_gray, sigma_space, borderType=cv2.BORDER_REFLECT_101
        )


@contextmanager
def _without_ipp() -> Iterator[None]:
    """Keep OpenCV from Intel's own filter, which for radii 1 and 2 cuts off, not rounds."""
    used = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        yield
    finally:
        cv2.ipp.setUseIPP(used)


def _skimage(block, radius, sigma_space, sigma_gray, contrast, borders) -> np.ndarray:
    """scikit-image's filter, as of the whole mosaic although it sees a block."""
    full = np.iinfo(block.dtype).max
    # Its table of gray weights depends on the largest gray level: a row that holds the mosaic's
    # is put where no pixel of the band looks, behind the halo.
    at_top, at_bottom = borders
    more = (int(not at_top), int(at_top and not at_bottom))
    whole = np.pad(block, (more, (0, 0)), constant_values=contrast.maximum)
    # As floats: of an 8-bit image scikit-image would resolve the gray weights to 6.5 levels only.
    smooth = denoise_bilateral(
        whole / full,
        win_size=2 * radius + 1,
        sigma_color=_sigma_levels(block.dtype, sigma_gray, contrast) / full,
        sigma_spatial=sigma_space,
        mode="reflect",
    )
    smooth = smooth[more[0] : len(smooth) - more[1]]
    return np.clip(np.rint(smooth * full), 0, full).astype(block.dtype)


def _sigma_levels(dtype, sigma_gray, contrast) -> float:
    """sigma_gray in the gray levels of the image."""
    if dtype == np.uint8:
        return sigma_gray
    return sigma_gray * max(contrast.high - contrast.low, 1) / 255


def _exact16(block, radius, sigma_space, sigma_gray, contrast) -> np.ndarray:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = np.hypot(y, x) <= radius
    space = np.exp(-(y[disc] ** 2 + x[disc] ** 2) / (2 * sigma_space**2))
    sigma = _sigma_levels(block.dtype, sigma_gray, contrast)
    gray = np.exp(-(np.arange(2.0**16) ** 2) / (2 * sigma**2))
    padded = np.pad(block, radius, mode="reflect")
    smooth = np.empty_like(block)
    _weighted_means(padded, y[disc], x[disc], space, gray, radius, smooth)
    return smooth


@compiled(parallel=True)
def _weighted_means(padded, y, x, space, gray, radius, smooth):
    height, width = smooth.shape
    for row in prange(height):
        for column in range(width):
            centre = np.int64(padded[row + radius, column + radius])
            total, weights = 0.0, 0.0
            for k in range(len(space)):
                value = np.int64(padded[row + radius + y[k], column + radius + x[k]])
                weight = space[k] * gray[abs(value - centre)]
                total += weight * value
                weights += weight
            smooth[row, column] = np.uint16(total / weights + 0.5)

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
    gray_levels,
    row_bands,
    write_mosaic,
)

log = logging.getLogger(__name__)

RIM_ROWS = 128  # of a band, whose rim is filtered together
KERNELS = ("exact", "skimage")
DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16))


def denoise(
    image: np.ndarray,
    kernel: str,
    radius: int,
    sigma_space: float,
    sigma_gray: float,
    contrast: Contrast | None = None,
    outside: np.ndarray | None = None,
    filler: int = 0,
) -> np.ndarray:
    """Denoise an image in one piece; see `denoised_bands`."""
    settings = kernel, radius, sigma_space, sigma_gray, contrast
    return next(denoised_bands(image, *settings, max(len(image), 1), outside, filler))


def denoise_mosaic(
    mosaic,
    path: str | os.PathLike,
    pixel_size_nm: float,
    threads: int = 1,
    outside=None,
    levels: tuple[Contrast, int] | None = None,
    **settings,
) -> Contrast:
    """Denoise an open mosaic into a file, band by band.

    Parameters
    ----------
    outside : the pixels that are no rock, a `rockrec.mosaics.Outside`; None where all are. They
        get the median gray of the rock, which draws neither an eye nor a network to their rim.
    levels : contrast and median of the mosaic's rock, where they are known.
    settings : kernel, radius, sigma_space, sigma_gray, as in `denoised_bands`.

    Returns
    -------
    The contrast of the denoised mosaic.

    Raises
    ------
    ImageError : nothing is to be seen in it.
    """
    raw, filler = None, 0
    if settings["kernel"] == "skimage" or mosaic.dtype != np.uint8 or outside is not None:
        raw, filler = levels or _levels_of(gray_levels(mosaic, outside))
        log.info("raw gray levels: %s", raw)
    histogram = Histogram(mosaic.dtype)
    known = dict(contrast=raw, outside=outside, filler=filler, histogram=histogram)
    write_mosaic(
        path,
        denoised_bands(mosaic, **settings, **known),
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


def _levels_of(histogram: Histogram) -> tuple[Contrast, int]:
    return histogram.contrast(), histogram.median()


def denoised_bands(
    mosaic,
    kernel: str,
    radius: int,
    sigma_space: float,
    sigma_gray: float,
    contrast: Contrast | None = None,
    rows: int = 1024,
    outside=None,
    filler: int = 0,
    histogram: Histogram | None = None,
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
    outside : pixels that are no rock, 2D bool that is read like an array; no pixel's neighbours
        are those. Within the radius of them the filter is ``exact``, whichever the kernel.
    filler : gray level that they get.
    histogram : what the denoised pixels are counted in, but those outside.

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
    rows = max(rows, radius + 1)
    settings = kernel, radius, sigma_space, sigma_gray, contrast
    return _bands(mosaic, *settings, rows, outside, filler, histogram)


def _bands(
    mosaic, kernel, radius, sigma_space, sigma_gray, contrast, rows, outside, filler, histogram
):
    height = mosaic.shape[0]
    bands = row_bands(height, rows)
    progress = Progress("denoise", len(bands))
    for done, band in enumerate(bands, start=1):
        top, bottom = max(band.start - radius, 0), min(band.stop + radius, height)
        if bottom - top <= radius:  # a last band of few rows: mirroring needs more
            top = max(bottom - 2 * radius - 1, 0)
        block = mosaic[top:bottom]
        hidden = None if outside is None else _Hidden(outside, range(top, bottom))
        hidden = hidden if hidden and hidden.some else None
        if hidden:
            block = block.copy() if isinstance(mosaic, np.ndarray) else block
            for rows, there in hidden.strips():
                np.copyto(block[rows], block.dtype.type(filler), where=there)
        if kernel == "skimage":
            borders = top == 0, bottom == height
            smooth = _skimage(block, radius, sigma_space, sigma_gray, contrast, borders)
        elif mosaic.dtype == np.uint8:
            smooth = _opencv(block, radius, sigma_space, sigma_gray)
        else:
            smooth = _exact16(block, radius, sigma_space, sigma_gray, contrast)
        if hidden:
            _filter_rim(smooth, block, hidden, radius, sigma_space, sigma_gray, contrast)
        smooth = smooth[band.start - top : band.stop - top]
        if histogram is not None:
            _count(smooth, hidden, band.start - top, histogram)
        progress.report(done)
        yield smooth


def _count(smooth, hidden, skipped, histogram) -> None:
    """Count a band; `hidden` has `skipped` rows above it."""
    for rows in row_bands(len(smooth), RIM_ROWS):
        there = hidden and hidden[rows.start + skipped : rows.stop + skipped]
        histogram.add(smooth[rows], there)


class _Hidden:
    """Which pixels of some rows are outside: as bits, for a band of them is as large as the rock's.

    Attributes
    ----------
    some : whether any is.
    """

    def __init__(self, outside, of_rows: range):
        self.width = outside.shape[1]
        # In strips: what is read at once is in memory as bytes.
        parts = [
            np.packbits(outside[of_rows[strip].start : of_rows[strip].stop], axis=1)
            for strip in row_bands(len(of_rows), RIM_ROWS)
        ]
        self._bits = np.concatenate(parts)
        self.some = bool(self._bits.any())

    def __getitem__(self, rows: slice) -> np.ndarray | None:
        """Return rows as bool, counted from the first; None where none of their pixels is."""
        bits = self._bits[rows]
        if not bits.any():
            return None
        return np.unpackbits(bits, axis=1, count=self.width).view(bool)

    def strips(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield the strips of rows in which some are, and which."""
        for rows in row_bands(len(self._bits), RIM_ROWS):
            if (there := self[rows]) is not None:
                yield rows, there


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
    y, x, space = _disc(radius, sigma_space)
    gray = _gray_weights(block.dtype, sigma_gray, contrast)
    padded = np.pad(block, radius, mode="reflect")
    smooth = np.empty_like(block)
    _weighted_means(padded, y, x, space, gray, radius, smooth)
    return smooth


def _filter_rim(smooth, block, hidden, radius, sigma_space, sigma_gray, contrast) -> None:
    """Filter anew what has hidden pixels within the radius, from its other neighbours alone."""
    y, x, space = _disc(radius, sigma_space)
    gray = _gray_weights(block.dtype, sigma_gray, contrast)
    disc = np.zeros((2 * radius + 1,) * 2, np.uint8)
    disc[y + radius, x + radius] = 1
    for rows in row_bands(len(block), RIM_ROWS):
        seen = slice(max(rows.start - radius, 0), min(rows.stop + radius, len(block)))
        if (there := hidden[seen]) is None:
            continue
        above, below = radius - (rows.start - seen.start), radius - (seen.stop - rows.stop)
        padded, beyond = (
            cv2.copyMakeBorder(one, above, below, radius, radius, cv2.BORDER_REFLECT_101)
            for one in (block[seen], there.view(np.uint8))
        )
        there = there[rows.start - seen.start :][: rows.stop - rows.start]
        near = cv2.dilate(beyond, disc)[radius:-radius, radius:-radius].view(bool) & ~there
        places = np.divmod(np.flatnonzero(near), near.shape[1])
        _means_at(*places, padded, beyond, y, x, space, gray, radius, smooth[rows])
        np.copyto(smooth[rows], block[rows], where=there)


def _disc(radius, sigma_space) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of a disc's pixels, from its centre, and their weights."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = np.hypot(y, x) <= radius
    y, x = y[disc], x[disc]
    return y, x, np.exp(-(y**2 + x**2) / (2 * sigma_space**2))


def _gray_weights(dtype, sigma_gray, contrast) -> np.ndarray:
    """Weights by difference in gray level."""
    sigma = _sigma_levels(dtype, sigma_gray, contrast)
    return np.exp(-(np.arange(np.iinfo(dtype).max + 1.0) ** 2) / (2 * sigma**2))


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


@compiled(parallel=True)
def _means_at(rows, columns, padded, hidden, y, x, space, gray, radius, smooth):
    for at in prange(len(rows)):
        row, column = rows[at] + radius, columns[at] + radius
        centre = np.int64(padded[row, column])
        total, weights = 0.0, 0.0
        for k in range(len(space)):
            if not hidden[row + y[k], column + x[k]]:
                value = np.int64(padded[row + y[k], column + x[k]])
                weight = space[k] * gray[abs(value - centre)]
                total += weight * value
                weights += weight
        smooth[rows[at], columns[at]] = np.uint16(total / weights + 0.5)

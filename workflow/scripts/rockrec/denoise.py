"""Bilateral filter: smooth the noise of a mosaic and keep its edges."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from skimage import img_as_float
from skimage.restoration import denoise_bilateral

KERNELS = ("exact", "skimage")


def denoise(
    image: np.ndarray, kernel: str, radius: int, sigma_space: float, sigma_gray: float
) -> np.ndarray:
    """Replace each pixel by a mean of its neighbours, weighted by distance and by gray.

    The weight of a neighbour at distance d px whose gray differs by g is
    ``exp(-d² / (2 sigma_space²)) exp(-g² / (2 sigma_gray²))`` (Tomasi & Manduchi, 1998). Beyond
    the border the image is mirrored, its outermost pixels not repeated.

    Parameters
    ----------
    image : 2D uint8.
    kernel : ``exact``: the formula over the disc d <= `radius`, rounded to the nearest gray
        level. ``skimage``: `skimage.restoration.denoise_bilateral` over the square of
        2 radius + 1 px; its spatial weights are sheared, and so is what it returns.
    radius : px, at least 1.
    sigma_space : px.
    sigma_gray : gray levels (0 to 255).

    Raises
    ------
    ValueError : not a 2D uint8 image, a constant one, or a setting out of range.
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel {kernel!r} is none of {', '.join(KERNELS)}")
    if radius < 1 or radius != int(radius):
        raise ValueError(f"radius must be a whole number of pixels, 1 or more, not {radius}")
    for name, sigma in (("sigma_space", sigma_space), ("sigma_gray", sigma_gray)):
        if not 0 < sigma < np.inf:
            raise ValueError(f"{name} must be above 0, not {sigma}")
    if image.dtype != np.uint8:
        raise ValueError(
            f"only images of 8 bit (uint8) can be denoised, this one is {image.dtype}; "
            "convert it to 8 bit with one contrast range for the whole mosaic"
        )
    if image.ndim != 2 or image.size == 0:
        raise ValueError(f"an image to denoise has two dimensions, not shape {image.shape}")
    if image.min() == image.max():
        raise ValueError(f"nothing to denoise: every pixel has the value {image.flat[0]}")
    if min(image.shape) <= radius:
        raise ValueError(f"radius {radius} px is too large for {image.shape[0]} x {image.shape[1]}")

    if kernel == "exact":
        with _without_ipp():
            return cv2.bilateralFilter(
                image, 2 * radius + 1, sigma_gray, sigma_space, borderType=cv2.BORDER_REFLECT_101
            )
    # As floats: of an 8-bit image scikit-image would resolve the gray weights to 6.5 levels only.
    smooth = denoise_bilateral(
        img_as_float(image),
        win_size=2 * radius + 1,
        sigma_color=sigma_gray / 255,
        sigma_spatial=sigma_space,
        mode="reflect",
    )
    return np.clip(np.rint(smooth * 255), 0, 255).astype(np.uint8)


@contextmanager
def _without_ipp() -> Iterator[None]:
    """Keep OpenCV from Intel's own filter, which for radii 1 and 2 cuts off, not rounds."""
    used = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        yield
    finally:
        cv2.ipp.setUseIPP(used)

"""Images of several channels: gray where these say the same, else in colour."""

import os

import numpy as np

from rockrec.images import ImageError

ALPHA = {2: 1, 4: 3}  # of so many channels the last is no colour, and so many are


def as_gray(path: str | os.PathLike, pixels: np.ndarray) -> np.ndarray:
    """Return the one channel that all colour channels of an image or stack repeat.

    Parameters
    ----------
    pixels : (..., channels): gray, RGB, or one of them with alpha.

    Raises
    ------
    ImageError : it is in colour, or partly transparent.
    """
    channels = pixels.shape[-1]
    colours = ALPHA.get(channels, channels)
    gray = pixels[..., 0]
    if colours > 3 or any((pixels[..., k] != gray).any() for k in range(1, colours)):
        raise ImageError(
            f"{path}: is in colour ({channels} channels); save it as 8- or 16-bit gray, or as "
            "labels, in one channel"
        )
    if colours < channels:
        alpha = pixels[..., -1]
        opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1
        if not (alpha == opaque).all():
            raise ImageError(
                f"{path}: is transparent in {np.mean(alpha != opaque):.1%} of what was read; save "
                "it in one channel, with a value of its own where nothing is"
            )
    return gray


def gray_palette(path: str | os.PathLike, palette: np.ndarray) -> np.ndarray:
    """Return the gray level of each number by a palette (3, n) of 16 bit: 8 bit where these do.

    Raises
    ------
    ImageError : it is in colour.
    """
    red, green, blue = palette
    if (red != green).any() or (red != blue).any():
        raise ImageError(
            f"{path}: is in colour by its palette (lookup table); show it in gray and save it as "
            "8- or 16-bit gray"
        )
    high, low = red >> 8, red & 255
    in_8_bit = ((low == 0) | (low == high)).all()
    return high.astype(np.uint8) if in_8_bit else red.astype(np.uint16)

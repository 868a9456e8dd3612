"""Points as their user sees them: small images, the pixel to be judged between four marks."""

from collections.abc import Sequence

import numpy as np

SIDE = 97  # px of an image; odd, for the pixel is its middle
NEAR, FAR = 3, 9  # px from the pixel: where a mark begins and ends


def shown(mosaic, places: Sequence[tuple[int, int]]) -> np.ndarray:
    """Cut out what is around some pixels: (points, SIDE, SIDE) of the mosaic's type.

    Marks point at the middle from four sides, black on bright and white on dark gray of that
    image. Beyond the mosaic all is black.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic. places : (row, column) of each pixel.
    """
    half = SIDE // 2
    images = np.zeros((len(places), SIDE, SIDE), mosaic.dtype)
    for image, (row, column) in zip(images, places, strict=True):
        spans, within = [], []
        for at, side in zip((row, column), mosaic.shape, strict=True):
            first, end = max(at - half, 0), min(at + half + 1, side)
            spans.append(slice(first, end))
            within.append(slice(first - at + half, end - at + half))
        gray = np.asarray(mosaic[spans[0]])[:, spans[1]]
        image[tuple(within)] = gray
        _mark(image, int(gray.min()), int(gray.max()))
    return images


def _mark(image: np.ndarray, dark: int, bright: int) -> None:
    """Draw the four marks into an image of its own."""
    half = SIDE // 2
    for away in range(NEAR, FAR + 1):
        for down, right in ((away, 0), (-away, 0), (0, away), (0, -away)):
            at = half + down, half + right
            image[at] = dark if int(image[at]) > (dark + bright) / 2 else bright

"""Classical features of pixels at several scales: gray, edges, ridges and blobs, texture.

Each is counted from a pixel's surroundings within `HALO` and in one order, so that it is the same
bit by bit however a mosaic is cut into pieces. What is outside the rock has no part in it: near a
rim the Gaussians weigh the rock alone.
"""

from functools import cache

import numpy as np
from numba import njit

SIGMAS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # px
TRUNCATE = 3.0  # standard deviations
PER_SCALE = 6


def _weights(sigma: float) -> np.ndarray:
    """Half of a Gaussian: the weights at the distances 0, 1, ... px."""
    distance = np.arange(int(TRUNCATE * sigma + 0.5) + 1)
    half = np.exp(-0.5 * (distance / sigma) ** 2)
    return (half / (half[0] + 2 * half[1:].sum())).astype(np.float32)


WEIGHTS = tuple(map(_weights, SIGMAS))
HALO = len(WEIGHTS[-1])  # px: the widest Gaussian, and one more for its differences
N_FEATURES = PER_SCALE * len(SIGMAS)


def features_of(gray: np.ndarray, outside: np.ndarray | None = None) -> np.ndarray:
    """Return the features of a piece of a mosaic.

    At each scale: gray smoothed by a Gaussian, its gradient, the larger and the smaller eigenvalue
    of its Hessian, the standard deviation of gray, and what the scale below has more of gray.

    Parameters
    ----------
    gray : (HALO + h + HALO, HALO + w + HALO) float32, with the piece's surroundings.
    outside : bool of the same shape, pixels that are no rock.

    Returns
    -------
    (features, h, w) float32; without a meaning where it is outside.
    """
    height, width = (side - 2 * HALO for side in gray.shape)
    features = np.empty((N_FEATURES, height, width), np.float32)
    rim = outside is not None and outside.any()
    if rim:
        gray, rock = np.where(outside, np.float32(0), gray), (~outside).astype(np.float32)
    squared = gray * gray
    before = np.ascontiguousarray(gray[HALO - 1 : 1 - HALO, HALO - 1 : 1 - HALO])
    for scale, weights in enumerate(WEIGHTS):
        smooth, square = (_smoothed(image, weights, height, width) for image in (gray, squared))
        if rim:
            kept = _smoothed(rock, weights, height, width)
            # Exactly 1 where all is rock: as in a piece that nothing is outside of.
            share = np.divide(_of_rock(scale), kept, out=np.zeros_like(kept), where=kept > 0)
            smooth, square = smooth * share, square * share
        out = features[scale * PER_SCALE : (scale + 1) * PER_SCALE]
        _differences(smooth, square, before, out)
        before = smooth
    return features


@cache
def _of_rock(scale: int) -> np.float32:
    """What a Gaussian makes of ones, rounded as it rounds."""
    side = 2 * len(WEIGHTS[scale]) + 1
    return _smoothed(np.ones((side, side), np.float32), WEIGHTS[scale], 1, 1)[1, 1]


@njit(nogil=True, cache=True)
def _smoothed(image, weights, height, width):
    """Smooth what lies in the middle of an image, with one pixel around it."""
    reach = len(weights) - 1
    top, left = (image.shape[0] - height) // 2 - 1, (image.shape[1] - width) // 2 - 1
    out = np.empty((height + 2, width + 2), np.float32)
    line = np.empty(width + 2 + 2 * reach, np.float32)
    first, last = left - reach, left + width + 2 + reach
    for row in range(height + 2):
        middle = image[top + row, first:last]
        for at in range(len(line)):
            line[at] = weights[0] * middle[at]
        for k in range(1, reach + 1):
            above, below = image[top + row - k, first:last], image[top + row + k, first:last]
            weight = weights[k]
            for at in range(len(line)):
                line[at] += weight * (above[at] + below[at])
        smooth = out[row]
        for at in range(width + 2):
            smooth[at] = weights[0] * line[at + reach]
        for k in range(1, reach + 1):
            before, after = line[reach - k :], line[reach + k :]
            weight = weights[k]
            for at in range(width + 2):
                smooth[at] += weight * (before[at] + after[at])
    return out


@njit(nogil=True, cache=True)
def _differences(smooth, square, before, out):
    """Fill in the features of a scale from its smoothed gray, which has one pixel around."""
    half, quarter = np.float32(0.5), np.float32(0.25)
    for row in range(out.shape[1]):
        for column in range(out.shape[2]):
            r, c = row + 1, column + 1
            gray = smooth[r, c]
            down = half * (smooth[r + 1, c] - smooth[r - 1, c])
            right = half * (smooth[r, c + 1] - smooth[r, c - 1])
            rr = smooth[r + 1, c] + smooth[r - 1, c] - gray - gray
            cc = smooth[r, c + 1] + smooth[r, c - 1] - gray - gray
            rc = quarter * (
                (smooth[r + 1, c + 1] - smooth[r + 1, c - 1])
                - (smooth[r - 1, c + 1] - smooth[r - 1, c - 1])
            )
            mean, off = half * (rr + cc), half * (rr - cc)
            root = np.sqrt(off * off + rc * rc)
            out[0, row, column] = gray
            out[1, row, column] = np.sqrt(down * down + right * right)
            out[2, row, column] = mean + root
            out[3, row, column] = mean - root
            out[4, row, column] = np.sqrt(max(square[r, c] - gray * gray, np.float32(0)))
            out[5, row, column] = before[r, c] - gray

"""Local thickness: how wide the phase is where a pixel lies."""

import numpy as np
from scipy import ndimage

from rockrec.housekeeping.compiling import compiled

ROUNDING = 1e-9  # half pixels


def local_thickness(image: np.ndarray) -> np.ndarray:
    """Diameter of the largest disc in the phase that holds a pixel.

    After Hildebrand and Rüegsegger (1997), A new method for the model-independent assessment of
    thickness in three-dimensional images, J. Microsc. 185. The phase is made of square pixels, and
    a disc lies wholly in it: a bar of w pixels is w thick, a round pore up to a pixel less than
    its diameter, by its steps. The centre of a disc is that of a pixel, the middle of an edge or a
    corner, and it holds the pixels of the phase whose centres lie within half a pixel of it, those
    on the steps among them. Beyond the tile nothing is known: there a disc ends nowhere.

    Parameters
    ----------
    image : (H, W) array of 0 and 1.

    Returns
    -------
    (H, W) float64, px; 0 in the other phase, NaN throughout a tile that has none of it.
    """
    phase = np.asarray(image) > 0
    if phase.all():
        return np.full(phase.shape, np.nan)
    # In steps of half a pixel; a pixel's centre has two odd coordinates.
    others = np.zeros([2 * side + 1 for side in phase.shape], bool)
    others[1::2, 1::2] = ~phase
    distance = ndimage.distance_transform_edt(~ndimage.binary_dilation(others, np.ones((3, 3))))
    thickness = np.zeros(phase.shape)
    _lay_discs(distance, thickness)
    return np.where(phase, thickness, 0.0)


@compiled(nogil=True)
def _lay_discs(distance, thickness):
    """Note in each pixel the largest diameter, px, of the discs that hold it.

    distance : of each place from the other phase, half pixels.
    """
    rows, columns = distance.shape
    for i in range(rows):
        for j in range(columns):
            radius = distance[i, j]
            if radius == 0 or _lies_within(distance, i, j):
                continue
            reach = radius + 1 - ROUNDING
            top, left = max(int(i - reach) // 2, 0), max(int(j - reach) // 2, 0)
            for y in range(top, min(int(i + reach) // 2 + 1, thickness.shape[0])):
                for x in range(left, min(int(j + reach) // 2 + 1, thickness.shape[1])):
                    apart = (2 * y + 1 - i) ** 2 + (2 * x + 1 - j) ** 2
                    if apart < reach**2 and thickness[y, x] < radius:
                        thickness[y, x] = radius


@compiled(nogil=True)
def _lies_within(distance, i, j):
    """Whether the disc about a place lies within that about a neighbour."""
    for y in range(max(i - 1, 0), min(i + 2, distance.shape[0])):
        for x in range(max(j - 1, 0), min(j + 2, distance.shape[1])):
            step = np.sqrt(float((y - i) ** 2 + (x - j) ** 2))
            if step > 0 and distance[y, x] >= distance[i, j] + step - ROUNDING:
                return True
    return False

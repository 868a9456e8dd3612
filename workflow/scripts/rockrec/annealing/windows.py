"""What is counted of 2 x 2 neighbouring pixels: the Euler number, and unlike neighbours."""

import numpy as np

from rockrec.annealing.kernels import DIAGONALS, EULER, QUARTERS


def count_windows(kind: int, image: np.ndarray, boundary: str) -> int:
    """Count one sort of the kernel's in an image (H, W) of 0/1.

    Of an image that is not periodic the Euler number sees 0 outside, and pairs lie inside.
    """
    periodic = boundary == "periodic"
    around = image.astype(np.int64)
    if periodic:
        around = np.pad(around, ((0, 1), (0, 1)), mode="wrap")
    elif kind == EULER:
        around = np.pad(around, 1)
    nw, ne, sw, se = around[:-1, :-1], around[:-1, 1:], around[1:, :-1], around[1:, 1:]
    if kind == DIAGONALS:
        return int((nw != se).sum() + (ne != sw).sum())
    if kind == EULER:
        return int(QUARTERS[nw + 2 * ne + 4 * sw + 8 * se].sum()) // 4
    if periodic:
        return int((nw != ne).sum() + (nw != sw).sum())
    return int((around[:, 1:] != around[:, :-1]).sum() + (around[1:] != around[:-1]).sum())

"""What is counted of 2 x 2 neighbouring pixels: Euler number, unlike neighbours, configurations."""

import numpy as np

from rockrec.annealing.kernels import DIAGONALS, EDGES, EULER, QUARTERS, WINDOWS

CONFIGURATIONS = 16


def count_windows(kind: int, image: np.ndarray, boundary: str) -> np.ndarray:
    """Count one sort of the kernel's in an image (H, W) of 0/1: int64, by lag or configuration.

    Scalars stand at lag 1. Of an image that is not periodic the Euler number sees 0 outside; all
    else lies inside.
    """
    periodic = boundary == "periodic"
    around = image.astype(np.int64)
    if periodic:
        around = np.pad(around, ((0, 1), (0, 1)), mode="wrap")
    elif kind == EULER:
        around = np.pad(around, 1)
    nw, ne, sw, se = around[:-1, :-1], around[:-1, 1:], around[1:, :-1], around[1:, 1:]
    if kind == DIAGONALS:
        return np.array([0, (nw != se).sum() + (ne != sw).sum()])
    if kind == EDGES:
        if periodic:
            return np.array([0, (nw != ne).sum() + (nw != sw).sum()])
        rows, columns = around[:, 1:] != around[:, :-1], around[1:] != around[:-1]
        return np.array([0, rows.sum() + columns.sum()])
    configurations = np.bincount((nw + 2 * ne + 4 * sw + 8 * se).ravel(), minlength=CONFIGURATIONS)
    if kind == WINDOWS:
        return configurations
    return np.array([0, (QUARTERS * configurations).sum() // 4])

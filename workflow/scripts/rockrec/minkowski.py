"""Euler number and specific perimeter of whole tiles, counted from neighbouring pixels.

A tile is seen alone: what lies outside it counts as no pore for the Euler number, and its frame
is no part of the perimeter. The numbers are scikit-image's; they are counted here because a check
in training asks for a thousand tiles, and there scikit-image takes longer than the network.
"""

import numpy as np


def euler_number(images: np.ndarray) -> np.ndarray:
    """Number of pores minus number of holes of each tile, 8-connected.

    Pixels are closed unit squares, so those that touch at a corner are connected, and the
    number is corners - edges + squares of their union (Euler, Poincaré).

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    (n,) int64

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    return np.array([_euler_number(tile) for tile in binary_stack(images)], dtype=np.int64)


def perimeter(images: np.ndarray) -> np.ndarray:
    """Specific perimeter of each tile: boundary length over area [px per px²].

    Crofton's formula with four directions: lines along rows and columns lie 1 px apart, those
    along the diagonals 1/√2 px, and each boundary that a line crosses counts. Pairs of pixels
    lie inside the tile, so that the frame is no boundary.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    (n,) float64

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    stack = binary_stack(images)
    crossings = np.array([_crossings(tile) for tile in stack]).reshape(-1, 2)
    straight, diagonal = crossings.T
    height, width = stack.shape[1:]
    return np.pi / 8 * (straight + diagonal / np.sqrt(2)) / (height * width)


def binary_stack(images: np.ndarray) -> np.ndarray:
    """Return tiles (n, H, W) of 0 and 1 as bool; raise ValueError for anything else."""
    stack = np.asarray(images)
    if stack.ndim != 3:
        raise ValueError(f"expected a stack of tiles (n, H, W), got shape {stack.shape}")
    if stack.dtype == bool:
        return stack
    binary = stack != 0
    if not np.array_equal(binary, stack):
        values = np.unique(stack)
        raise ValueError(f"expected tiles of 0 and 1, got values {values[:5].tolist()}")
    return binary


def _euler_number(tile: np.ndarray) -> int:
    framed = np.pad(tile, 1)
    beside = framed[:, 1:] | framed[:, :-1]  # the edge between two pixels of a row
    above = framed[1:] | framed[:-1]
    corners = beside[1:] | beside[:-1]
    count = np.count_nonzero
    return count(corners) - count(beside) - count(above) + count(tile)


def _crossings(tile: np.ndarray) -> tuple[int, int]:
    """Unlike neighbours along rows and columns, and along both diagonals."""
    count = np.count_nonzero
    straight = count(tile[:, 1:] != tile[:, :-1]) + count(tile[1:] != tile[:-1])
    falling = count(tile[1:, 1:] != tile[:-1, :-1])
    return straight, falling + count(tile[1:, :-1] != tile[:-1, 1:])

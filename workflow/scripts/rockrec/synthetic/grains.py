"""Grains of a rock: who owns a pixel, how far the next grain is, and what a grain is like."""

from dataclasses import dataclass

import numpy as np

from rockrec.housekeeping.compiling import compiled
from rockrec.synthetic.plane import Piece, smooth_noise, stream

REACH = 4.0  # spacings within which each place has its two nearest grains
BENT = 0.12  # of the spacing: how far boundaries are bent
TILE = 32  # px: a square of this side looks once for the centres near it
TRAITS = 8  # numbers that a grain has for whoever asks


@dataclass(frozen=True)
class Grains:
    """The grains of a piece.

    Attributes
    ----------
    owner : (height, width) int32, the grain of each pixel.
    inside : (height, width) float32, px to the boundary of its grain, roughly.
    centres : (n, 2) row and column of each grain.
    traits : (n, 8) numbers from U[0, 1) of each grain.
    """

    owner: np.ndarray
    inside: np.ndarray
    centres: np.ndarray
    traits: np.ndarray


def grains(seed: int, layer: int, piece: Piece, spacing: float) -> Grains:
    """Divide a piece among grains, one per `spacing` x `spacing` px on average.

    Their centres lie anywhere, as nuclei do (a Poisson process); boundaries are half way to the
    next, and bent.
    """
    found = []
    for row, column in piece.cells(spacing, REACH * spacing):
        random = stream(seed, layer, row, column)
        numbers = random.random((random.poisson(1.0), 2 + TRAITS))
        numbers[:, :2] = (numbers[:, :2] + (row, column)) * spacing
        found.append(numbers)
    table = np.concatenate(found)
    down, right = np.broadcast_arrays(*piece.places)
    bend = np.float32(BENT * spacing)
    down = down + bend * smooth_noise(seed, layer + 1, piece, spacing / 3)
    right = right + bend * smooth_noise(seed, layer + 2, piece, spacing / 3)
    owner, inside = np.empty(piece.shape, np.int32), np.empty(piece.shape, np.float32)
    centres = np.ascontiguousarray(table[:, :2])
    _find_owners(down, right, centres.astype(np.float32), owner, inside)
    return Grains(owner, inside, centres, table[:, 2:])


@compiled(nogil=True)
def _find_owners(down, right, centres, owner, inside):
    height, width = owner.shape
    near = np.empty(len(centres), np.int64)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            bottom, end = min(top + TILE, height), min(left + TILE, width)
            count = _near(down, right, centres, near, (top, bottom, left, end))
            for row in range(top, bottom):
                for column in range(left, end):
                    nearest = second = np.inf
                    for at in range(count):
                        y = centres[near[at], 0] - down[row, column]
                        x = centres[near[at], 1] - right[row, column]
                        squared = y * y + x * x
                        if squared < nearest:
                            second, nearest = nearest, squared
                            owner[row, column] = near[at]
                        elif squared < second:
                            second = squared
                    inside[row, column] = (np.sqrt(second) - np.sqrt(nearest)) / 2


@compiled(nogil=True)
def _near(down, right, centres, near, tile):
    """Note which centres may be among the two nearest of a tile's pixels, and return how many."""
    top, bottom, left, end = tile
    row, column = (top + bottom) // 2, (left + end) // 2
    y, x = down[row, column], right[row, column]
    radius = 0.0
    for r in range(top, bottom):
        for c in range(left, end):
            radius = max(radius, np.hypot(down[r, c] - y, right[r, c] - x))
    distance = np.hypot(centres[:, 0] - y, centres[:, 1] - x)
    nearest = second = np.inf
    for number in range(len(centres)):
        if distance[number] < nearest:
            second, nearest = nearest, distance[number]
        elif distance[number] < second:
            second = distance[number]
    count = 0
    for number in range(len(centres)):
        if distance[number] <= second + 2 * radius + 0.01:
            near[count] = number
            count += 1
    return count

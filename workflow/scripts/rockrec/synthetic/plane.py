"""Random things on an endless plane, each drawn by its own place: any piece can be made alone.

Places are pixels, (row, column), which may be negative. What a piece shows does not depend on how
large the piece is, up to the rounding of sums.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

# Factors of splitmix64 (Steele et al., 2014), of which each bit depends on all those given.
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
# Standard deviation of the sum of independent numbers in the weights of a cubic B-spline, along
# both axes: .50 at a number's own place, .46 between two.
SPREAD = 0.48


@dataclass(frozen=True)
class Piece:
    """Pixels `top` ... `top` + `height` - 1 by `left` ... `left` + `width` - 1 of the plane."""

    top: int
    left: int
    height: int
    width: int

    def grown(self, by: int) -> "Piece":
        """Return the piece with `by` px more on each side."""
        return Piece(self.top - by, self.left - by, self.height + 2 * by, self.width + 2 * by)

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows (height, 1) and columns (1, width) of the pixels."""
        rows = np.arange(self.top, self.top + self.height, dtype=np.float32)
        columns = np.arange(self.left, self.left + self.width, dtype=np.float32)
        return rows[:, None], columns[None]

    def cells(self, side: float, reach: float) -> Iterator[tuple[int, int]]:
        """Numbers of the square cells from which something of `reach` px may reach the piece."""
        first_row, last_row = (self.top - reach) // side, (self.top + self.height + reach) // side
        first, last = (self.left - reach) // side, (self.left + self.width + reach) // side
        for row in range(int(first_row), int(last_row) + 1):
            for column in range(int(first), int(last) + 1):
                yield row, column


def stream(seed: int, layer: int, row: int, column: int) -> np.random.Generator:
    """Return the random numbers of a cell of a layer."""
    return np.random.default_rng([seed, layer, row % 2**32, column % 2**32])


def smooth_noise(seed: int, layer: int, piece: Piece, scale: float) -> np.ndarray:
    """Return noise (height, width) float32 of about unit variance that changes over `scale` px."""
    (rows, by_row), (columns, by_column) = (
        _spline(first, count, scale)
        for first, count in ((piece.top, piece.height), (piece.left, piece.width))
    )
    numbers = _normal(seed, layer, rows, columns)
    return by_row @ numbers @ by_column.T / np.float32(SPREAD)


def _spline(first: int, count: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which numbers `count` pixels depend on, and the cubic B-spline's weights of each."""
    places = (first + np.arange(count) + 0.5) / scale
    before = np.floor(places).astype(int)
    t = places - before
    used = np.arange(before[0] - 1, before[-1] + 3)
    pieces = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    weights = np.zeros((count, len(used)), np.float32)
    for offset, piece in enumerate(pieces):
        weights[np.arange(count), before - before[0] + offset] = piece / 6
    return used, weights


def _normal(seed: int, layer: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return numbers (rows, columns) from N(0, 1) that follow from their places."""
    with np.errstate(over="ignore"):  # products are meant to wrap around
        bits = _mixed(np.uint64(seed) + np.uint64(layer + 1) * np.uint64(GOLDEN))
        bits = _mixed(bits ^ rows.astype(np.int64).view(np.uint64)[:, None])
        bits = _mixed(bits ^ columns.astype(np.int64).view(np.uint64)[None])
    return ndtri(((bits >> np.uint64(40)) + 0.5) / 2.0**24).astype(np.float32)


def _mixed(bits: np.ndarray) -> np.ndarray:
    bits = bits + np.uint64(GOLDEN)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(FIRST)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(SECOND)
    return bits ^ (bits >> np.uint64(31))

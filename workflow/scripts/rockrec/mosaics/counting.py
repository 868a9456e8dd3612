"""Counting gray levels and labels without widening each pixel to 64 bit, as NumPy does."""

import numpy as np

from rockrec.housekeeping.compiling import compiled


@compiled(nogil=True)
def count(band: np.ndarray, counts: np.ndarray) -> None:
    """Add the pixels of a band (rows, columns) to the counts of their levels."""
    for row in band:
        for value in row:
            counts[value] += 1


@compiled(nogil=True)
def count_labels(band: np.ndarray, offset: int, counts: np.ndarray) -> None:
    """Add the pixels of a band (rows, columns) to the counts (4, values) of their values.

    The value v stands in column v + `offset`. Of all pixels: their number. Of those with four
    neighbours in the band: whether the right and the lower one have the same value; whether the
    value lies between those of two opposite ones; their number.
    """
    height, width = band.shape
    for y in range(height):
        for x in range(width):
            value = band[y, x]
            at = value + offset
            counts[0, at] += 1
            if 0 < y < height - 1 and 0 < x < width - 1:
                left, right = band[y, x - 1], band[y, x + 1]
                above, below = band[y - 1, x], band[y + 1, x]
                counts[3, at] += 1
                if value == right and value == below:
                    counts[1, at] += 1
                elif (
                    left < value < right
                    or left > value > right
                    or above < value < below
                    or above > value > below
                ):
                    counts[2, at] += 1


@compiled(nogil=True)
def count_rock(band: np.ndarray, outside: np.ndarray, counts: np.ndarray) -> None:
    """Add the pixels of a band (rows, columns) to the counts, but those outside (bool)."""
    for i in range(band.shape[0]):
        for j in range(band.shape[1]):
            if not outside[i, j]:
                counts[band[i, j]] += 1


@compiled(nogil=True)
def count_flat(band: np.ndarray, counts: np.ndarray) -> None:
    """Add the pixels of a band whose right and lower neighbours have their level to its count."""
    for i in range(band.shape[0] - 1):
        for j in range(band.shape[1] - 1):
            value = band[i, j]
            if band[i, j + 1] == value and band[i + 1, j] == value:
                counts[value] += 1

"""Counting gray levels without widening each pixel to 64 bit, as NumPy does."""

import numpy as np

from rockrec.housekeeping.compiling import compiled


@compiled(nogil=True)
def count(band: np.ndarray, counts: np.ndarray) -> None:
    """Add the pixels of a band (rows, columns) to the counts of their levels."""
    for row in band:
        for value in row:
            counts[value] += 1


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

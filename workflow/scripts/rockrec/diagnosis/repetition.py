"""Repeated pattern: peaks of the two-point functions that the rock does not have."""

import numpy as np

from ..descriptors import describe
from .findings import Check, Finding
from .splits import MeanBand

DIRECTIONS = ("S2H", "S2V", "S2D+", "S2D-")
HALF_WIDTHS = (2, 4, 8, 16)  # px


def repeated_pattern(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check for peaks of S2 along rows, columns and both diagonals.

    A peak is S2(r) - (S2(r - w) + S2(r + w)) / 2, over phi (1 - phi) of the set: what varies
    slowly with the lag, as the drift of a rock does, is no peak. The value is the largest
    studentised excess over the real tiles, over all lags r, half-widths w and directions.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    peaks = _peaks_at(train.shape[1])
    band = MeanBand(_heights(train, peaks), splits, size=lambda excess: excess)

    def check(generated: np.ndarray) -> Finding:
        value, at = band.largest(_heights(generated, peaks))
        direction, lag, half_width = peaks[at]
        where = f"{direction}, lag {lag} px, half-width {half_width} px"
        return Finding("repeated_pattern", value, band.threshold, where)

    return check


def _peaks_at(size: int) -> list[tuple[str, int, int]]:
    """Direction, lag and half-width of every peak looked for."""
    n_lags = 3 * size // 4
    return [
        (direction, lag, half_width)
        for direction in DIRECTIONS
        for half_width in HALF_WIDTHS
        for lag in range(2 * half_width, n_lags - half_width)
    ]


def _heights(tiles: np.ndarray, peaks: list[tuple[str, int, int]]) -> np.ndarray:
    """Height of every peak in every tile, (n, peaks)."""
    curves = describe(tiles, DIRECTIONS, n_lags=3 * tiles.shape[1] // 4)
    stacked = np.stack([curves[direction] for direction in DIRECTIONS], axis=1)
    direction = np.array([DIRECTIONS.index(name) for name, _, _ in peaks])
    lag, half_width = np.array([peak[1:] for peak in peaks]).T
    beside = stacked[:, direction, lag - half_width] + stacked[:, direction, lag + half_width]
    phi = tiles.mean()
    return (stacked[:, direction, lag] - beside / 2) / max(phi * (1 - phi), 1e-12)

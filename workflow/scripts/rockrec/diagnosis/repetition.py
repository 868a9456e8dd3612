"""Repeated pattern: peaks of the two-point functions that the rock does not have."""

import numpy as np

from rockrec.descriptors import describe
from rockrec.diagnosis.findings import Check, Finding
from rockrec.diagnosis.splits import MeanBand
from rockrec.plain.records.descriptors import DIRECTIONS

HALF_WIDTHS = (2, 4, 8, 16)  # px
DECAYED = 0.02  # of the autocovariance: nearer lags tell the size of pores, and are no repetition


def repeated_pattern(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check for peaks of S2 along rows, columns and both diagonals.

    A peak is S2(r) - (S2(r - w) + S2(r + w)) / 2, over phi (1 - phi) of the set: what varies
    slowly with the lag, as the drift of a rock does, is no peak. The value is the largest
    studentised excess over the real tiles, over half-widths w, directions, and all lags r with
    r - w beyond the rock's own grain: where the real autocovariance has fallen to 2 %.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    peaks = _peaks_at(train.shape[1], _grain(train))
    band = MeanBand(_heights(train, peaks), splits, size=lambda excess: excess)

    def check(generated: np.ndarray) -> Finding:
        value, at = band.largest(_heights(generated, peaks))
        direction, lag, half_width = peaks[at]
        where = f"{direction}, lag {lag} px, half-width {half_width} px"
        return Finding("repeated_pattern", value, band.threshold, where)

    return check


def _grain(tiles: np.ndarray) -> dict[str, int]:
    """First lag, by direction, at which the autocovariance has fallen to 2 %, px.

    At most a quarter of the tile, so that something is looked for in coarse rock, too.
    """
    most = tiles.shape[1] // 4
    curves = describe(tiles, DIRECTIONS, n_lags=most + 1)
    grain = {}
    for direction in DIRECTIONS:
        mean = curves[direction].mean(axis=0)
        phi = mean[0]
        decayed = mean - phi**2 <= DECAYED * (phi - phi**2)
        grain[direction] = int(np.argmax(decayed)) if decayed.any() else most
    return grain


def _peaks_at(size: int, grain: dict[str, int]) -> list[tuple[str, int, int]]:
    """Direction, lag and half-width of every peak looked for."""
    n_lags = 3 * size // 4
    return [
        (direction, lag, half_width)
        for direction in DIRECTIONS
        for half_width in HALF_WIDTHS
        for lag in range(half_width + max(half_width, grain[direction]), n_lags - half_width)
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

"""The error between two sets of tiles, its floor, and their ratio over pairs of sets."""

from typing import NamedTuple

import numpy as np

from rockrec.comparison.curves import mean_curve, variance
from rockrec.comparison.measures import Measure

ROUNDING = 1e-24  # of the squares; a floor below it is no difference between tiles


def mse(curve_a: np.ndarray, curve_b: np.ndarray) -> np.ndarray:
    """Mean over lags of the squared difference, NaN left out; NaN if nothing is left.

    Lags along the last axis, one number for each curve.
    """
    squares = (np.asarray(curve_a) - np.asarray(curve_b)) ** 2
    return mean_curve(np.moveaxis(squares, -1, 0).reshape(squares.shape[-1], -1)).reshape(
        squares.shape[:-1]
    )


def floor(tiles: np.ndarray, n_a: int, n_b: int) -> float:
    """What two sets of `n_a` and `n_b` real tiles differ by, in the mean.

    Parameters
    ----------
    tiles : (n, lags), what each of disjoint real tiles adds to the curve of a set: its own
        curve, or for the pooled F_n its `contributions`.

    Returns
    -------
    Mean over lags of s^2 (1 / n_a + 1 / n_b); NaN where nothing is defined.
    """
    return float(mse(np.sqrt(variance(tiles)), 0.0) * (1 / n_a + 1 / n_b))


class Ratio(NamedTuple):
    """Error over floor: means over pairs of sets, and the 5 to 95 % range of the ratio."""

    error: float
    floor: float
    ratio: float
    low: float
    high: float


def ratio_over_pairs(
    measure: Measure,
    tiles_a: np.ndarray,
    tiles_b: np.ndarray,
    floor_tiles: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
) -> Ratio:
    """Compare pairs of subsets of two sets.

    Parameters
    ----------
    tiles_a, tiles_b, floor_tiles : ``measure.of_tiles`` of the two sets and of the disjoint
        real tiles that the floor is estimated from.
    pairs : which tiles belong to each subset, as 0/1 weights (pairs, n_a) and (pairs, n_b).
    """
    weights_a, weights_b = pairs
    errors = mse(measure.of_set(tiles_a, weights_a), measure.of_set(tiles_b, weights_b))
    n_a, n_b = weights_a[0].sum(), weights_b[0].sum()
    least = floor(measure.linearised(floor_tiles), n_a, n_b)
    if least < ROUNDING * mse(floor_tiles, 0.0).max(initial=0.0):
        least = 0.0
    ratios = errors / least if least > 0 else np.full(len(errors), np.nan)
    low, high = np.quantile(ratios, [0.05, 0.95])
    return Ratio(float(errors.mean()), least, float(ratios.mean()), float(low), float(high))


def draw_pairs(
    n_a: int, n_b: int, n_per_set: int, n_pairs: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Subsets of `n_per_set` tiles, or of all where fewer exist, as 0/1 weights.

    Returns
    -------
    Arrays (n_pairs, n_a) and (n_pairs, n_b).
    """
    generator = np.random.default_rng(seed)
    chosen = []
    for n in (n_a, n_b):
        first = np.tile(np.arange(n) < n_per_set, (n_pairs, 1))
        chosen.append(generator.permuted(first, axis=1).astype(float))
    return chosen[0], chosen[1]

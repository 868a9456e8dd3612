"""The 95 % interval of a probability that was counted in one mosaic."""

import numpy as np
from scipy import stats

LEVEL = 0.95


def score_interval(
    probability: np.ndarray | float, variance: np.ndarray | float, freedom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval (low, high) of a probability, whose variance is an estimate.

    Wilson's score interval, which is askew as rare phases are, for the number of independent
    pixels of this variance, φ(1 - φ)/Var, with Student's quantile. NaN for a probability of 0
    or 1, of which one mosaic tells nothing; without a width for a variance of 0.
    """
    phi, variance = np.broadcast_arrays(np.asarray(probability, float), variance)
    q2 = quantile(freedom) ** 2
    told = (phi > 0) & (phi < 1)
    spread = np.where(told, phi * (1 - phi), np.nan)
    share = q2 * np.where(told, variance, np.nan) / spread  # q²/n
    middle = (phi + share / 2) / (1 + share)
    half = np.sqrt(share * spread + share**2 / 4) / (1 + share)
    return middle - half, middle + half


def quantile(freedom: float) -> float:
    """Two-sided 95 % quantile of Student's distribution."""
    return float(stats.t.ppf((1 + LEVEL) / 2, freedom))


def freedom_of_sum(variances: np.ndarray, freedoms: np.ndarray) -> float:
    """Degrees of freedom of a sum of estimated variances (Welch and Satterthwaite)."""
    variances, freedoms = np.asarray(variances, float), np.asarray(freedoms, float)
    if not variances.sum() > 0:
        return float(freedoms.min())
    return float(variances.sum() ** 2 / (variances**2 / freedoms).sum())

"""Curves of a set of tiles: mean, band, scaled autocovariance pooled and per image.

`tiles` is everywhere an array (n, lags) with the curve of one tile in a row. Where `weights`
(k, n) are given, one curve of the set is returned for each of the k rows of weights.
"""

import numpy as np

from rockrec.descriptors import scaled


def mean_curve(tiles: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean over the tiles at each lag, NaN left out: (lags,), or (k, lags) with weights.

    NaN where no tile of the set has a value.
    """
    weights = np.ones(len(tiles)) if weights is None else weights
    defined = ~np.isnan(tiles)
    if defined.all():
        return weights @ tiles / weights.sum(axis=-1)[..., None]
    total = weights @ np.where(defined, tiles, 0.0)
    weight = weights @ defined.astype(float)
    return total / np.where(weight > 0, weight, np.nan)


def pooled(tiles: np.ndarray, order: int, weights: np.ndarray | None = None) -> np.ndarray:
    """F_n of a set: Eq. 2 on the mean P_n and the mean phi = P_n(0)."""
    mean = mean_curve(tiles, weights)
    return scaled(mean, mean[..., 0], order)


def per_image(tiles: np.ndarray, order: int) -> np.ndarray:
    """F_n of each tile (n, lags); NaN for a tile of one phase."""
    return scaled(tiles, tiles[:, 0], order)


def contributions(tiles: np.ndarray, order: int) -> np.ndarray:
    """Linearised contribution of each tile to the pooled F_n, (n, lags), by the delta method.

    The first-order change of Eq. 2 at the mean P_n and the mean phi: the variance of the
    pooled F_n of n tiles is that of the contributions over n. NaN where the set has one phase.
    """
    mean = mean_curve(tiles)
    phi = mean[0] if 0 < mean[0] < 1 else np.nan
    span = phi - phi**order
    by_phi = order * phi ** (order - 1)
    slope = -(by_phi * span + (mean - phi**order) * (1 - by_phi)) / span**2
    return (tiles - mean) / span + slope * (tiles[:, :1] - phi)


def variance(tiles: np.ndarray) -> np.ndarray:
    """Variance over the tiles at each lag, NaN left out; NaN where fewer than two have a value."""
    n = np.sum(~np.isnan(tiles), axis=0)
    squares = np.nansum((tiles - mean_curve(tiles)) ** 2, axis=0)
    return squares / np.where(n > 1, n - 1, np.nan)


def band(mean: np.ndarray, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise 95 % band of a mean curve: mean -+ 1.96 s / sqrt(n), s over `tiles`."""
    n = np.sum(~np.isnan(tiles), axis=0)
    half = 1.96 * np.sqrt(variance(tiles) / np.where(n > 0, n, np.nan))
    return mean - half, mean + half

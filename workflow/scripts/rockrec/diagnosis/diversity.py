"""Mode collapse, read off curves: tiles that differ less from one another than the rock's do."""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from rockrec.descriptors import describe
from rockrec.diagnosis.findings import Check, Finding
from rockrec.diagnosis.splits import upper_quantile
from rockrec.plain.records.descriptors import DIRECTIONS


def low_spread(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check of the spread of per-image S2.

    The value is the distance of a real tile's curves from their mean over that of a generated
    one, each the mean over the tiles, in standard deviations of the real tiles.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    curves = _curves(train)
    scale = _scale(curves)
    curves /= scale
    spread = _log_spread(curves)
    between = [_log_spread(curves[~first]) - _log_spread(curves[first]) for first in splits]
    threshold = np.exp(upper_quantile(np.array(between)))

    def check(generated: np.ndarray) -> Finding:
        value = np.exp(spread - _log_spread(_curves(generated) / scale))
        where = f"per-image S2 varies {1 / value:.2f} times as much as in real tiles"
        return Finding("low_spread", float(value), float(threshold), where)

    return check


def similar_curves(train: np.ndarray, splits: np.ndarray, rng: np.random.Generator) -> Check:
    """Fit the check of nearest neighbours among the curves of a set.

    A set of few modes may spread as widely as the rock, but each tile has a near twin. The value
    is the distance from a real tile to the nearest other one over that between generated ones,
    as the geometric mean over the tiles of sets of equal size. The distance is that of S2 in
    standard deviations of the real tiles.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    rng : draws which real tiles are left out of the larger set.
    """
    curves = _curves(train)
    scale = _scale(curves)
    distances = _distances(curves / scale)
    n = int(splits[0].sum())
    first = np.array([_log_nearest(distances, np.flatnonzero(one)) for one in splits])
    second = np.array(
        [_log_nearest(distances, rng.choice(np.flatnonzero(~one), n, False)) for one in splits]
    )
    threshold = np.exp(upper_quantile(second - first))

    def check(generated: np.ndarray) -> Finding:
        chosen = generated[np.linspace(0, len(generated) - 1, n).astype(int)]
        found = _distances(_curves(chosen) / scale)
        value = np.exp(first.mean() - _log_nearest(found, np.arange(len(chosen))))
        where = f"nearest neighbour at {1 / value:.2f} of the distance between real tiles"
        return Finding("similar_curves", float(value), float(threshold), where)

    return check


def _curves(tiles: np.ndarray) -> np.ndarray:
    """S2 along rows, columns and both diagonals, side by side, (n, features)."""
    return np.concatenate(list(describe(tiles, DIRECTIONS).values()), axis=1)


def _scale(curves: np.ndarray) -> np.ndarray:
    """Standard deviation over the tiles; not 0 where they do not vary."""
    deviation = curves.std(axis=0)
    return np.maximum(deviation, 1e-6 * deviation.max())


def _log_spread(curves: np.ndarray) -> float:
    """Logarithm of the mean distance from the mean curve."""
    n = len(curves)
    distance = np.linalg.norm(curves - curves.mean(axis=0), axis=1).mean() * np.sqrt(n / (n - 1))
    return float(np.log(max(distance, 1e-12)))


def _distances(curves: np.ndarray) -> np.ndarray:
    """Root mean square difference between curves, (n, n), infinite of a tile to itself."""
    distances = squareform(pdist(curves)) / np.sqrt(curves.shape[1])
    np.fill_diagonal(distances, np.inf)
    return distances


def _log_nearest(distances: np.ndarray, chosen: np.ndarray) -> float:
    """Mean logarithm of the distance to the nearest neighbour among the chosen tiles."""
    nearest = distances[np.ix_(chosen, chosen)].min(axis=1)
    return float(np.mean(np.log(np.maximum(nearest, 1e-6))))

"""Distributions over two sets of tiles compared, by the Wasserstein distance of first order.

It is the mean distance by which what is counted would have to be moved along the axis to turn one
distribution into the other. Tiles are what is drawn and shuffled, not what is counted in them: that
has neighbours.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.errors import draw_pairs
from rockrec.comparison.verdict import (
    Power,
    holm,
    judge,
    permutation_p,
    shuffled_labels,
    unseen_floors,
)
from rockrec.plain.records.verdicts import WANTED_TILES

ROUNDING = 1e-9  # in the unit of a distance; a floor below it is no difference between tiles
BOOTSTRAPS = 200  # pairs of real sets behind a floor


def wasserstein(counts_a: np.ndarray, counts_b: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance of two distributions on a line.

    Parameters
    ----------
    counts_a, counts_b : (..., m), how often each position occurs; need not have one sum.
    positions : (m,), increasing.

    Returns
    -------
    (...) in the unit of `positions`; NaN where a distribution is empty.
    """
    return np.abs(cumulated(counts_a, counts_b)[..., :-1]) @ np.diff(positions)


def cumulated(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Difference of two cumulated distributions (..., m); NaN where one is empty."""
    shares = []
    for counts in (np.asarray(counts_a, float), np.asarray(counts_b, float)):
        total = counts.sum(axis=-1, keepdims=True)
        shares.append(counts / np.where(total > 0, total, np.nan))
    return np.cumsum(shares[0] - shares[1], axis=-1)


class Counted(NamedTuple):
    """What is counted in the tiles of three sets: counts (tiles, m) of each, and the distance."""

    descriptor: str
    counts: list[np.ndarray]
    distance: Callable[[np.ndarray, np.ndarray], np.ndarray]


def count(
    tiles: Sequence[int], places: Sequence[int], shape: tuple[int, int], weights=1
) -> np.ndarray:
    """How often each of m places of an axis occurs in each tile: `shape` is (tiles, m)."""
    counts = np.zeros(shape)
    np.add.at(counts, (np.asarray(tiles), np.asarray(places)), weights)
    return counts


def compare_distributions(
    all_counted: Iterable[Counted],
    *,
    against: str,
    method: str,
    replicate: str,
    boundary: str,
    seed: int,
    n_pairs: int = 20,
    n_per_set: int = WANTED_TILES,
    permutations: int = 1000,
) -> pd.DataFrame:
    """Compare what is counted in a reconstructed set with a real one, for each a line.

    Parameters
    ----------
    all_counted : of the reconstructed set, the real one, and that which the floor is taken from;
        the tiles of a set are the same throughout.
    others : as in `compare_sets`.

    Returns
    -------
    The columns of `compare_sets` up to ``tiles_needed``. The floor is what two real sets of n_a and
    n_b tiles differ by: the mean over pairs drawn with replacement. p is adjusted after Holm over
    the lines.
    """
    generator = np.random.default_rng(seed)
    lines, powers = [], []
    for counted in all_counted:
        counts_a, counts_b, counts_floor = counted.counts
        pairs = draw_pairs(len(counts_a), len(counts_b), n_per_set, n_pairs, seed)
        first_a, first_b = (weights[0] > 0 for weights in pairs)
        n_a, n_b = int(first_a.sum()), int(first_b.sum())
        labels = shuffled_labels(n_a, n_b, permutations, seed).astype(float)
        errors = counted.distance(pairs[0] @ counts_a, pairs[1] @ counts_b)
        floor = _floor(counted, counts_floor, n_a, n_b, generator)
        floor = 0.0 if floor < ROUNDING else floor
        ratios = errors / floor if floor > 0 else np.full(n_pairs, np.nan)
        low, high = np.quantile(ratios, [0.05, 0.95])
        first = np.concatenate([counts_a[first_a], counts_b[first_b]])
        permuted = counted.distance(labels @ first, (1 - labels) @ first)
        chosen = counts_a[first_a], counts_b[first_b], counts_floor
        powers.append(
            Power(
                min(map(len, chosen)),
                min(np.count_nonzero(counts.any(axis=1)) for counts in chosen),
                unseen_floors(permuted, floor),
            )
        )
        lines.append(
            {
                "method": method,
                "replicate": replicate,
                "against": against,
                "descriptor": counted.descriptor,
                "quantity": "scalar",
                "form": "wasserstein",
                "boundary": boundary,
                "lags": 1,
                "n_a": n_a,
                "n_b": n_b,
                "targeted": False,
                "error": errors.mean(),
                "floor": floor,
                "ratio": ratios.mean(),
                "ratio_low": low,
                "ratio_high": high,
                "p": permutation_p(permuted),
            }
        )
    table = pd.DataFrame(lines)
    table["p"] = holm(table["p"].to_numpy())
    judge(table, powers)
    return table


def _floor(
    counted: Counted, counts: np.ndarray, n_a: int, n_b: int, generator: np.random.Generator
) -> float:
    """Mean distance of two sets of `n_a` and `n_b` tiles drawn from one, with replacement."""
    n = len(counts)
    drawn_a, drawn_b = (
        generator.multinomial(size, np.full(n, 1 / n), BOOTSTRAPS) @ counts for size in (n_a, n_b)
    )
    distances = counted.distance(drawn_a, drawn_b)
    return float(np.nanmean(distances)) if np.isfinite(distances).any() else float("nan")

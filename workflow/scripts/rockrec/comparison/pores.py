"""Pores of two sets of tiles compared: the distributions of their areas and of their directions.

Both by the Wasserstein distance of first order, the mean distance by which pores would have to
be moved along the axis to turn one distribution into the other: in decades of area, and in
degrees on the half circle of directions.
"""

from collections.abc import Callable, Sequence
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

PERIOD = 180.0  # degrees; an axis turned by it is the same axis
ANGLE_STEP = 0.1  # degrees; the bins that directions are counted in
ROUNDING = 1e-9  # decades or degrees; a floor below it is no difference between tiles
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
    return np.abs(_cumulated(counts_a, counts_b)[..., :-1]) @ np.diff(positions)


def circular_wasserstein(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance of two distributions of directions, which recur after 180 degrees.

    On a circle it is the mean over all positions of |D - median D|, D the difference of the
    cumulated distributions from any origin (Rabin, Delon and Gousseau, 2011, Transportation
    distances on the circle, J. Math. Imaging Vis. 41).

    Parameters
    ----------
    counts_a, counts_b : (..., m), how often each of m equal bins of the half circle occurs.

    Returns
    -------
    (...) degrees; NaN where a distribution is empty.
    """
    difference = _cumulated(counts_a, counts_b)
    middle = np.median(difference, axis=-1, keepdims=True)
    return np.abs(difference - middle).mean(axis=-1) * PERIOD


def _cumulated(counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    shares = []
    for counts in (np.asarray(counts_a, float), np.asarray(counts_b, float)):
        total = counts.sum(axis=-1, keepdims=True)
        shares.append(counts / np.where(total > 0, total, np.nan))
    return np.cumsum(shares[0] - shares[1], axis=-1)


class PoreSet(NamedTuple):
    """Pores of the first `n_tiles` tiles of a set: lines of ``pores.csv``; a tile may have none."""

    pores: pd.DataFrame
    n_tiles: int


class Counted(NamedTuple):
    """One property of the pores of several sets: counts (tiles, m) of each, and the distance."""

    descriptor: str
    counts: list[np.ndarray]
    distance: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _areas(sets: Sequence[PoreSet]) -> Counted:
    areas = np.unique(np.concatenate([one.pores["area_um2"] for one in sets]))
    counts = [
        _count(one.pores["tile"], np.searchsorted(areas, one.pores["area_um2"]), one, len(areas))
        for one in sets
    ]
    return Counted("pore_area", counts, lambda a, b: wasserstein(a, b, np.log10(areas)))


def _orientations(sets: Sequence[PoreSet]) -> Counted:
    n_bins = round(PERIOD / ANGLE_STEP)
    counts = []
    for one in sets:
        oriented = one.pores.dropna(subset="orientation_deg")
        bins = np.floor((oriented["orientation_deg"] + PERIOD / 2) / ANGLE_STEP).astype(int)
        counts.append(_count(oriented["tile"], bins % n_bins, one, n_bins))
    return Counted("pore_orientation", counts, circular_wasserstein)


def _count(tiles: Sequence[int], places: Sequence[int], of: PoreSet, m: int) -> np.ndarray:
    counts = np.zeros((of.n_tiles, m))
    np.add.at(counts, (np.asarray(tiles), np.asarray(places)), 1)
    return counts


def compare_pores(
    reconstructed: PoreSet,
    real: PoreSet,
    *,
    against: str,
    method: str,
    replicate: str,
    boundary: str,
    seed: int,
    floor_source: PoreSet,
    n_pairs: int = 20,
    n_per_set: int = WANTED_TILES,
    permutations: int = 1000,
) -> pd.DataFrame:
    """Compare the pores of two sets of tiles by area and by direction.

    Parameters
    ----------
    reconstructed, real, floor_source : of their pores ``tile``, ``area_um2`` and
        ``orientation_deg`` are read.
    others : as in `compare_sets`.

    Returns
    -------
    The columns of `compare_sets` up to ``tiles_needed``, a line for ``pore_area`` (error and floor
    in decades) and one for ``pore_orientation`` (degrees). The floor is what two real sets of
    n_a and n_b tiles differ by: the mean over pairs drawn with replacement from `floor_source`.
    Tiles, not pores, are what is drawn and shuffled: pores of one tile are neighbours.
    """
    sets = reconstructed, real, floor_source
    pairs = draw_pairs(reconstructed.n_tiles, real.n_tiles, n_per_set, n_pairs, seed)
    first_a, first_b = (weights[0] > 0 for weights in pairs)
    n_a, n_b = int(first_a.sum()), int(first_b.sum())
    labels = shuffled_labels(n_a, n_b, permutations, seed).astype(float)
    generator = np.random.default_rng(seed)
    lines, powers = [], []
    for counted in (_areas(sets), _orientations(sets)):
        counts_a, counts_b, counts_floor = counted.counts
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

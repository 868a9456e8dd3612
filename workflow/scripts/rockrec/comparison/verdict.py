"""Whether two sets of tiles can be told apart: a permutation test, and Holm over descriptors."""

import numpy as np

from rockrec.comparison.errors import mse
from rockrec.comparison.measures import Measure
from rockrec.plain.records.verdicts import DIFFERENT, FEWEST_TILES, SAME, TOO_FEW, UNDEFINED

LEVEL = 0.05


def shuffled_labels(n_a: int, n_b: int, permutations: int, seed: int) -> np.ndarray:
    """Which tiles of both sets form the first: as they are, then `permutations` times shuffled.

    Returns
    -------
    bool (1 + permutations, n_a + n_b).
    """
    labels = np.tile(np.arange(n_a + n_b) < n_a, (1 + permutations, 1))
    labels[1:] = np.random.default_rng(seed).permuted(labels[1:], axis=1)
    return labels


def permutation_p(
    measure: Measure, tiles_a: np.ndarray, tiles_b: np.ndarray, labels: np.ndarray
) -> float:
    """Share of labellings whose error is at least that of the true one; NaN if undefined.

    Labellings under which the error is undefined count as at least as large.

    Parameters
    ----------
    tiles_a, tiles_b : ``measure.of_tiles`` of the two sets.
    labels : see `shuffled_labels`; the first row is the true labelling.
    """
    tiles = np.concatenate([tiles_a, tiles_b])
    errors = mse(
        measure.of_set(tiles, labels.astype(float)), measure.of_set(tiles, (~labels).astype(float))
    )
    if np.isnan(errors[0]):
        return float("nan")
    return float(np.mean(~(errors < errors[0] * (1 - 1e-9))))


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's adjusted p of a family of tests; NaN stay NaN and are no part of the family."""
    adjusted = np.full(len(p), np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min((len(order) - rank) * p[i], 1.0))
        adjusted[i] = largest
    return adjusted


def in_words(p: float, n_tiles: int) -> str:
    """The verdict at the 5 % level; none where the smallest set that it rests on is too small."""
    if n_tiles < FEWEST_TILES:
        return TOO_FEW
    if np.isnan(p):
        return UNDEFINED
    return DIFFERENT if p <= LEVEL else SAME

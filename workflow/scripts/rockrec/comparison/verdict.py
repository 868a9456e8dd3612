"""Whether two sets of tiles can be told apart: a permutation test, and Holm over descriptors."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.errors import mse
from rockrec.comparison.measures import Measure
from rockrec.plain.records.verdicts import (
    DIFFERENT,
    FEWEST_TELLING,
    FEWEST_TILES,
    MOST_UNSEEN,
    POWERLESS,
    SAME,
    TOO_FEW,
    UNDEFINED,
)

LEVEL = 0.05
ALMOST = 1 - 1e-9  # errors that differ by rounding are equal


def shuffled_labels(n_a: int, n_b: int, permutations: int, seed: int) -> np.ndarray:
    """Which tiles of both sets form the first: as they are, then `permutations` times shuffled.

    Returns
    -------
    bool (1 + permutations, n_a + n_b).
    """
    labels = np.tile(np.arange(n_a + n_b) < n_a, (1 + permutations, 1))
    labels[1:] = np.random.default_rng(seed).permuted(labels[1:], axis=1)
    return labels


def permuted_errors(
    measure: Measure, tiles_a: np.ndarray, tiles_b: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Error of each labelling.

    Parameters
    ----------
    tiles_a, tiles_b : ``measure.of_tiles`` of the two sets.
    labels : see `shuffled_labels`; the first row is the true labelling.
    """
    tiles = np.concatenate([tiles_a, tiles_b])
    return mse(
        measure.of_set(tiles, labels.astype(float)), measure.of_set(tiles, (~labels).astype(float))
    )


def permutation_p(errors: np.ndarray) -> float:
    """Share of labellings whose error is at least that of the true one, the first.

    NaN if that is undefined. Labellings under which the error is undefined count as at least as
    large.
    """
    return float("nan") if np.isnan(errors[0]) else float(np.mean(~(errors < errors[0] * ALMOST)))


class Power(NamedTuple):
    """What a test could have seen.

    tiles : of the smallest set that it rests on.
    telling : of them, the number of equally full ones that would tell as much.
    unseen : the error that it could not tell from chance, in floors.
    """

    tiles: int
    telling: float
    unseen: float

    @property
    def is_weak(self) -> bool:
        """Whether it could not have seen what matters."""
        return self.telling < FEWEST_TELLING or self.unseen > MOST_UNSEEN

    def needed(self, verdict: str) -> float:
        """Return how many tiles like these a verdict needs; NaN for none, or for larger tiles."""
        if verdict == TOO_FEW:
            return FEWEST_TILES
        if verdict == POWERLESS and 0 < self.telling < FEWEST_TELLING:
            return float(np.ceil(self.tiles * FEWEST_TELLING / self.telling))
        return float("nan")


def telling_tiles(phi: np.ndarray) -> float:
    """Number of equally full tiles that tell as much as tiles of these phase fractions.

    After Kish's effective sample size, of the rarer phase's share: n where all are alike, 1 where
    one tile has all of it, 0 where each has one phase.
    """
    rarer = np.minimum(phi, 1 - phi) if np.mean(phi) > 0.5 else np.asarray(phi, float)
    return float(rarer.sum() ** 2 / (rarer**2).sum()) if rarer.any() else 0.0


def unseen_floors(errors: np.ndarray, floor: float) -> float:
    """Return the error, in floors, that chance exceeds at the 5 % level, or the one that was found.

    Parameters
    ----------
    errors : of the labellings, the true one first.
    """
    largest = (
        max(errors[0], np.nanquantile(errors[1:], 1 - LEVEL)) if len(errors) > 1 else errors[0]
    )
    if floor > 0:
        return float(largest / floor)
    return float("inf") if errors[0] > 0 else 0.0


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's adjusted p of a family of tests; NaN stay NaN and are no part of the family."""
    adjusted = np.full(len(p), np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min((len(order) - rank) * p[i], 1.0))
        adjusted[i] = largest
    return adjusted


def in_words(p: float, power: Power) -> str:
    """The verdict at the 5 % level; none where the test rests on too little to see a difference."""
    if power.tiles < FEWEST_TILES:
        return TOO_FEW
    if np.isnan(p):
        return UNDEFINED
    if p <= LEVEL:
        return DIFFERENT
    return POWERLESS if power.is_weak else SAME


def judge(table: pd.DataFrame, powers: Sequence[Power]) -> None:
    """Add ``verdict`` and ``tiles_needed`` to the lines of a table with a ``p``."""
    table["verdict"] = [in_words(p, power) for p, power in zip(table["p"], powers, strict=True)]
    pairs = zip(table["verdict"], powers, strict=True)
    table["tiles_needed"] = [power.needed(verdict) for verdict, power in pairs]

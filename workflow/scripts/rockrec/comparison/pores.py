"""Pores of two sets of tiles compared: the distributions of their areas and of their directions.

By the Wasserstein distance, in decades of area, and in degrees on the half circle of directions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.distributions import (
    Counted,
    compare_distributions,
    count,
    cumulated,
    wasserstein,
)

PERIOD = 180.0  # degrees; an axis turned by it is the same axis
ANGLE_STEP = 0.1  # degrees; the bins that directions are counted in


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
    difference = cumulated(counts_a, counts_b)
    middle = np.median(difference, axis=-1, keepdims=True)
    return np.abs(difference - middle).mean(axis=-1) * PERIOD


class PoreSet(NamedTuple):
    """Pores of the first `n_tiles` tiles of a set: lines of ``pores.csv``; a tile may have none."""

    pores: pd.DataFrame
    n_tiles: int


def _areas(sets: Sequence[PoreSet]) -> Counted:
    areas = np.unique(np.concatenate([one.pores["area_um2"] for one in sets]))
    counts = [
        count(
            one.pores["tile"],
            np.searchsorted(areas, one.pores["area_um2"]),
            (one.n_tiles, len(areas)),
        )
        for one in sets
    ]
    return Counted("pore_area", counts, lambda a, b: wasserstein(a, b, np.log10(areas)))


def _orientations(sets: Sequence[PoreSet]) -> Counted:
    n_bins = round(PERIOD / ANGLE_STEP)
    counts = []
    for one in sets:
        oriented = one.pores.dropna(subset="orientation_deg")
        bins = np.floor((oriented["orientation_deg"] + PERIOD / 2) / ANGLE_STEP).astype(int)
        counts.append(count(oriented["tile"], bins % n_bins, (one.n_tiles, n_bins)))
    return Counted("pore_orientation", counts, circular_wasserstein)


def compare_pores(
    reconstructed: PoreSet, real: PoreSet, *, floor_source: PoreSet, **common
) -> pd.DataFrame:
    """Compare the pores of two sets of tiles by area and by direction.

    Parameters
    ----------
    reconstructed, real, floor_source : of their pores ``tile``, ``area_um2`` and
        ``orientation_deg`` are read.
    common : see `compare_distributions`.

    Returns
    -------
    Its columns, a line for ``pore_area`` (error and floor in decades) and one for
    ``pore_orientation`` (degrees).
    """
    sets = reconstructed, real, floor_source
    return compare_distributions((_areas(sets), _orientations(sets)), **common)

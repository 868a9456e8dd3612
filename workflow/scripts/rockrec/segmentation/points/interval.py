"""A phase fraction and its 95 % interval from points that were drawn at random in strata."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LEVEL = 0.95
DRAWS = 200_000
WIDER = 0.5  # pseudo-points of either answer, in each stratum: Jeffreys' prior


class Judged(NamedTuple):
    """A stratum: its pixels in the mosaic, how many were judged, and those that are of the phase.

    The last may be a mean, where they are yet to be judged.
    """

    pixels: int
    points: int
    of_phase: float


class Fraction(NamedTuple):
    """A phase fraction, with the limits of its interval."""

    value: float
    low: float
    high: float


def fraction_of(strata: Sequence[Judged]) -> Fraction:
    """Return the phase fraction of all strata together with its 95 % interval.

    The fraction is the stratified estimator, without bias: the mean over the pixels of what is
    found in each stratum (Olofsson et al., Remote Sens. Environ. 148, 2014). That is what the
    model found and, in each stratum, the mean residual of the points: a difference estimator, as
    prediction-powered inference is (Angelopoulos et al., Science 382, 2023). Its interval holds
    the middle 95 % of the sum of the strata's fractions, each with the Beta distribution that
    Jeffreys' prior gives: errors of the model are rare, and an interval from their variance is
    too narrow where few were met.

    Raises
    ------
    ValueError : a stratum without points.
    """
    pixels, points, of_phase = np.array(strata, float).T
    if not points.all():
        raise ValueError("a stratum without points says nothing of its fraction")
    weights = pixels / pixels.sum()
    value = float(weights @ (of_phase / points))
    random = np.random.default_rng(0)  # the same answers give the same interval
    sums = np.zeros(DRAWS)
    for weight, number, found in zip(weights, points, of_phase, strict=True):
        sums += weight * random.beta(found + WIDER, number - found + WIDER, DRAWS)
    low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Fraction(value, min(value, float(low)), max(value, float(high)))

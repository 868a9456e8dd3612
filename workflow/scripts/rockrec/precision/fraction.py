"""The phase fraction of a rock, from one mosaic of it, with its interval."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from rockrec.precision.interval import freedom_of_sum, quantile, score_interval
from rockrec.precision.spectrum import Cells

FEWEST_FEATURES = 10  # along a side: with fewer a mosaic does not know its own correlation


@dataclass(frozen=True)
class Fraction:
    """A phase fraction, as an estimate of the rock's that goes on as here.

    Attributes
    ----------
    value : of the mosaic, or of a part of it.
    standard_error, freedom : of the value, and the degrees of freedom of its square; NaN where
        they are not known, as the interval is.
    low, high : 95 % interval.
    features : along a side. A feature has the integral range of the phase as its area: the area
        that varies as much as a whole image of it does, ∫(S2 - φ²) / (φ - φ²).
    feature_px : side of a feature, mosaic px.
    pixels : of rock, that were counted.
    """

    value: float
    standard_error: float
    freedom: float
    low: float
    high: float
    features: float
    feature_px: float
    pixels: int

    @property
    def known(self) -> bool:
        """Whether the interval is."""
        return bool(np.isfinite(self.low))

    def with_error(self, standard_error: float) -> "Fraction":
        """Return the fraction with an independent error besides, that of its segmentation.

        standard_error : of the mosaic's own phase fraction, normally distributed.
        """
        if not self.known:
            return self
        own = np.array([self.standard_error**2, standard_error**2])
        freedom = freedom_of_sum(own, np.array([self.freedom, 1e6]))
        low, high = score_interval(self.value, own.sum(), freedom)
        error = float(np.sqrt(own.sum()))
        facts = {"standard_error": error, "freedom": freedom, "low": float(low)}
        return Fraction(**{**vars(self), **facts, "high": float(high)})


def fraction_of(
    rock: np.ndarray, phase: np.ndarray, side: int, fewest: float = FEWEST_FEATURES
) -> Fraction:
    """Return the phase fraction of cells of a mosaic, with its interval.

    The interval rests on the integral of the two-point correlation: on the spectrum of the phase
    at the frequency 0 (`rockrec.precision.spectrum`).

    Parameters
    ----------
    rock, phase : (rows, columns) pixels of rock and of the phase in the cells; what is outside
        of the part has none.
    side : of a cell, px.
    fewest : features along a side, below which the interval is not known.

    Raises
    ------
    ValueError : nothing is rock.
    """
    pixels = int(rock.sum())
    if not pixels:
        raise ValueError("nothing of the mosaic is rock")
    value = float(phase.sum() / pixels)
    unknown = Fraction(value, *[np.nan] * 6, pixels)
    rock, phase = _trimmed(rock, phase)
    if not 0 < value < 1:
        return unknown
    try:
        found = Cells(rock).spectrum(phase[None])
    except ValueError:
        return unknown
    variance = float(found.variance[0])
    independent = value * (1 - value) / variance if variance > 0 else np.inf
    feature = np.sqrt(pixels / independent)
    shortest = min(rock.shape) * side
    features = min(np.sqrt(independent), shortest / feature if feature else np.inf)
    if features < fewest:
        return Fraction(**{**vars(unknown), "features": features, "feature_px": feature})
    low, high = score_interval(value, variance, found.freedom)
    return Fraction(
        value, np.sqrt(variance), found.freedom, float(low), float(high), features, feature, pixels
    )


def _trimmed(rock: np.ndarray, phase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut off rows and columns of cells around that hold no rock."""
    box = tuple(
        slice(found[0], found[-1] + 1)
        for found in (np.flatnonzero(rock.any(axis=1 - axis)) for axis in (0, 1))
    )
    return rock[box], phase[box]


@dataclass(frozen=True)
class Difference:
    """Difference of two phase fractions, a - b, its 95 % interval, and its p."""

    value: float
    low: float
    high: float
    p: float


def difference(a: Fraction, b: Fraction) -> Difference:
    """Compare the phase fractions of two parts of a mosaic, each with its own error (Welch)."""
    value = a.value - b.value
    variances = np.array([a.standard_error, b.standard_error]) ** 2
    if not np.isfinite(variances).all():
        return Difference(value, np.nan, np.nan, np.nan)
    freedom = freedom_of_sum(variances, np.array([a.freedom, b.freedom]))
    error = np.sqrt(variances.sum())
    half = quantile(freedom) * error
    p = 2 * stats.t.sf(abs(value) / error, freedom) if error > 0 else float(value == 0)
    return Difference(value, value - half, value + half, float(p))

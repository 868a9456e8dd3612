"""What is asked of the annealing, checked: targets, phase fractions, and the energy they make."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rockrec.annealing.energy import TARGETS, WHOLE, Energy, energy_of

log = logging.getLogger(__name__)

BOUNDARIES = ("unbiased", "periodic")


@dataclass(frozen=True)
class Problem:
    """The energy, and what each realisation is held to.

    Attributes
    ----------
    curves : float64 (1 or n, curves, lags), one for all realisations or one for each.
    pixels : int64 (n,), pixels of the phase of interest.
    """

    energy: Energy
    curves: np.ndarray
    pixels: np.ndarray

    def target(self, index: int) -> np.ndarray:
        """Curves (curves, lags) that realisation `index` is held to."""
        return self.curves[index if len(self.curves) > 1 else 0]


def problem_of(
    targets: Mapping[str, np.ndarray],
    shape: tuple[int, int],
    phase_fraction: float | np.ndarray,
    n: int,
    boundary: str,
    weights: Mapping[str, float] | None,
) -> Problem:
    """Check what is asked and set it up; parameters and errors as in `anneal_each`."""
    if n < 1:
        raise ValueError(f"n is {n}: at least one realisation must be asked for")
    if len(shape) != 2 or min(shape) < 2 or any(int(size) != size for size in shape):
        raise ValueError(f"shape is {shape}: two whole numbers from 2 are needed")
    shape = int(shape[0]), int(shape[1])
    if boundary not in BOUNDARIES:
        raise ValueError(f"boundary is {boundary!r}: annealing knows {', '.join(BOUNDARIES)}")
    if not targets:
        raise ValueError("there is no target: name at least one descriptor")
    curves = {name: _checked_curves(name, curve, shape, n) for name, curve in targets.items()}
    weights = _checked_weights(weights or {}, curves)
    has_target = {name: np.isfinite(curve).all(axis=0) for name, curve in curves.items()}
    energy = energy_of(has_target, shape, boundary, weights)
    for name, row in zip(energy.names, energy.weight, strict=True):
        if not row.any():
            raise ValueError(f"the target {name} has no lag r > 0 that an image of {shape} allows")
    stacked = np.full((max(map(len, curves.values())), *energy.weight.shape), np.nan)
    for row, curve in enumerate(curves.values()):
        stacked[:, row, : curve.shape[1]] = curve
    return Problem(energy, stacked, _pixels(phase_fraction, shape, n))


def _checked_curves(name, curve, shape, n) -> np.ndarray:
    if name not in TARGETS:
        raise ValueError(f"{name!r} cannot be a target: those that can are {', '.join(TARGETS)}")
    curve = np.asarray(curve, float)
    if name in WHOLE:
        return _checked_numbers(name, curve, shape, n)
    if curve.ndim not in (1, 2) or (curve.ndim == 2 and len(curve) not in (1, n)):
        raise ValueError(
            f"the target {name} has shape {curve.shape}: (lags,) or ({n}, lags) are needed"
        )
    curve = np.atleast_2d(curve)
    longest = min(shape) // 2
    if curve.shape[1] > longest:
        raise ValueError(
            f"the target {name} has {curve.shape[1]} lags, an image of {shape} allows {longest}"
        )
    outside = curve[(curve < 0) | (curve > 1)]
    if outside.size:
        raise ValueError(f"the target {name} is no probability: it holds {outside[0]}")
    return curve


def _checked_numbers(name, numbers, shape, n) -> np.ndarray:
    """Numbers of whole tiles where the kernel has them: at lag 1; Euler numbers are whole."""
    if numbers.shape not in ((), (1,), (n,)):
        raise ValueError(f"the target {name} has shape {numbers.shape}: one, or {n}, are needed")
    if not np.isfinite(numbers).all():
        raise ValueError(f"the target {name} is no number: it holds {numbers}")
    if name == "euler_number":
        size = shape[0] * shape[1]
        numbers = np.rint(numbers * size) / size
    return np.pad(numbers.reshape(-1, 1), ((0, 0), (1, 0)), constant_values=np.nan)


def _checked_weights(weights, curves) -> Mapping[str, float]:
    for name, weight in weights.items():
        if name not in curves:
            raise ValueError(f"a weight is given for {name}, which is no target")
        if not (math.isfinite(weight) and weight > 0):
            raise ValueError(f"the weight of {name} is {weight}: it must be above 0")
    return weights


def _pixels(phase_fraction, shape, n) -> np.ndarray:
    fractions = np.asarray(phase_fraction, float)
    if fractions.shape not in ((), (n,)):
        raise ValueError(f"phase_fraction has shape {fractions.shape}: one, or {n}, are needed")
    if not ((fractions >= 0) & (fractions <= 1)).all():
        raise ValueError(f"phase_fraction must lie in 0 ... 1, not {phase_fraction}")
    size = shape[0] * shape[1]
    pixels = np.rint(np.broadcast_to(fractions, n) * size).astype(np.int64)
    off = np.abs(pixels / size - fractions)
    if off.max() > 1e-9:
        i = int(off.argmax())
        log.warning(
            "no image of %d x %d pixels has a phase fraction of %.9g: the nearest, %.9g, is taken",
            *shape,
            np.broadcast_to(fractions, n)[i],
            pixels[i] / size,
        )
    return pixels

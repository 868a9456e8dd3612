"""Is the generator any good yet? Its descriptors against those of the validation tiles."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import nn

from rockrec.comparison.errors import floor, mse
from rockrec.comparison.measures import Measure
from rockrec.descriptors import FUNCTIONS, ORDER, describe
from rockrec.gans.sampling import draw, latents, threshold
from rockrec.minkowski import euler_number, perimeter
from rockrec.plain.records.kinds.networks import NetworkSettings

S2 = Measure("S2", "P", "mean")
SCORED = tuple(
    Measure(name, "F", "pooled") if name in ORDER else Measure(name, "P", "mean")
    for name in FUNCTIONS
)
GUARDS = (
    Measure("phase_fraction", "scalar", "mean"),
    Measure("euler_number", "scalar", "mean"),
    Measure("perimeter", "scalar", "mean"),
    Measure("S2", "scalar", "spread"),
)
GUARD_LIMIT = 9.0  # floors, that is three standard errors


@dataclass(frozen=True)
class Check:
    """What a generator's tiles are worth.

    Attributes
    ----------
    phase_fraction : of the tiles.
    s2_error : mean over the lags of the squared difference of the mean S2 (mse_P).
    score : geometric mean of the ratios error / floor of F_n and L, each at least 1, times
        ``guard / 9`` where that is above 1. The lower the better; 1 is all one can ask.
    guard : the largest ratio among phase fraction, Euler number, perimeter and the spread of
        the single tiles' S2. F_n does not see them, and a generator that repeats itself may
        have a good mean.
    """

    phase_fraction: float
    s2_error: float
    score: float
    guard: float


class Monitor:
    """Compares generators with validation tiles, at the same latent vectors each time.

    Attributes
    ----------
    floor : the S2 error to expect between the validation tiles and as many real tiles as are
        drawn from a generator.
    """

    def __init__(
        self,
        validation_tiles: np.ndarray,
        training_fraction: float,
        settings: NetworkSettings,
        seed: int,
    ):
        real = _describe(np.asarray(validation_tiles[:]))
        n_real, n = len(validation_tiles), settings.check_tiles
        self.real, self.floors = {}, {}
        for measure in (S2, *SCORED, *GUARDS):
            tiles = measure.of_tiles(real)
            self.real[measure] = measure.of_set(tiles)
            self.floors[measure] = floor(measure.linearised(tiles), n, n_real)
        self.floor = self.floors[S2]
        self.latents = latents(n, settings.latent, seed)
        self.how = settings.threshold
        self.training_fraction = training_fraction

    def check(self, generator: nn.Module) -> tuple[Check, np.ndarray]:
        """Draw tiles from a generator in eval mode and describe them in full.

        Returns the check and the gray tiles (n, size, size) it was made on.
        """
        gray = draw(generator, self.latents)
        tiles = self._binary(gray)
        described = _describe(tiles)
        ratios = [max(ratio, 1.0) for ratio in self._ratios(SCORED, described)]
        guard = max(self._ratios(GUARDS, described), default=0.0)
        mean = math.exp(np.mean(np.log(ratios)))
        check = Check(
            float(tiles.mean()),
            self._error(S2, described),
            mean * max(guard / GUARD_LIMIT, 1.0),
            guard,
        )
        return check, gray

    def s2_error(self, generator: nn.Module) -> float:
        """Draw tiles from a generator in eval mode and compare their mean S2 alone."""
        return self._error(S2, describe(self._binary(draw(generator, self.latents)), ("S2",)))

    def _binary(self, gray: np.ndarray) -> np.ndarray:
        return threshold(gray, self.how, self.training_fraction)

    def _error(self, measure: Measure, described: Mapping[str, np.ndarray]) -> float:
        return float(mse(measure.of_set(measure.of_tiles(described)), self.real[measure]))

    def _ratios(self, measures, described) -> list[float]:
        """Error over floor; infinite where only the real tiles have a value.

        A measure that is undefined or the same in all real tiles says nothing and is left out.
        """
        ratios = [
            self._error(measure, described) / self.floors[measure]
            for measure in measures
            if self.floors[measure] > 0
        ]
        return [math.inf if math.isnan(ratio) else ratio for ratio in ratios]


def _describe(tiles: np.ndarray) -> dict[str, np.ndarray]:
    return {
        **describe(tiles, FUNCTIONS),
        "phase_fraction": tiles.mean(axis=(1, 2)),
        "euler_number": euler_number(tiles),
        "perimeter": perimeter(tiles),
    }

"""Is the generator any good yet? Its descriptors against those of the validation tiles."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from rockrec.comparison.errors import floor, mse
from rockrec.comparison.measures import Measure
from rockrec.descriptors import FUNCTIONS, ORDER
from rockrec.gans.described import binary, curves, described
from rockrec.gans.sampling import draw_there, latents
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
        real = described(torch.from_numpy(np.array(validation_tiles[:])))
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

    def check(self, generator: nn.Module) -> tuple[Check, torch.Tensor]:
        """Draw tiles from a generator in eval mode and describe them in full.

        Returns the check and the gray tiles (n, size, size) it was made on, on their device.
        """
        gray = draw_there(generator, self.latents)
        tiles = self._binary(gray)
        made = described(tiles)
        ratios = [max(ratio, 1.0) for ratio in self._ratios(SCORED, made)]
        guard = max(self._ratios(GUARDS, made), default=0.0)
        mean = math.exp(np.mean(np.log(ratios)))
        check = Check(
            float(tiles.double().mean()),
            self._error(S2, made),
            mean * max(guard / GUARD_LIMIT, 1.0),
            guard,
        )
        return check, gray

    def s2_error(self, generator: nn.Module) -> float:
        """Draw tiles from a generator in eval mode and compare their mean S2 alone."""
        gray = draw_there(generator, self.latents)
        return self._error(S2, curves(self._binary(gray), ("S2",)))

    def _binary(self, gray: torch.Tensor) -> torch.Tensor:
        return binary(gray, self.how, self.training_fraction)

    def _error(self, measure: Measure, made: Mapping[str, np.ndarray]) -> float:
        return float(mse(measure.of_set(measure.of_tiles(made)), self.real[measure]))

    def _ratios(self, measures, made) -> list[float]:
        """Error over floor; infinite where only the real tiles have a value.

        A measure that is undefined or the same in all real tiles says nothing and is left out.
        """
        ratios = [
            self._error(measure, made) / self.floors[measure]
            for measure in measures
            if self.floors[measure] > 0
        ]
        return [math.inf if math.isnan(ratio) else ratio for ratio in ratios]

"""Is the generator any good yet? Its descriptors against those of the validation tiles."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from rockrec.descriptors import describe

from .sampling import draw, latents, threshold
from .settings import GanSettings


@dataclass(frozen=True)
class Check:
    """Phase fraction of a generator's tiles, and the error of their mean S2."""

    phase_fraction: float
    s2_error: float


class Monitor:
    """Compares a generator with validation tiles, at the same latent vectors each time.

    Attributes
    ----------
    floor : what the S2 error would be on average for as many real tiles as are drawn: the mean
        over the lags of s² (1/n + 1/m), s² the variance over the validation tiles.
    """

    def __init__(
        self,
        validation_tiles: np.ndarray,
        training_fraction: float,
        settings: GanSettings,
        seed: int,
    ):
        s2 = describe(np.asarray(validation_tiles[:]), ("S2",))["S2"]
        self.mean = s2.mean(axis=0)
        self.floor = float(s2.var(axis=0, ddof=1).mean() * (1 / len(s2) + 1 / settings.check_tiles))
        self.latents = latents(settings.check_tiles, settings.latent, seed)
        self.how = settings.threshold
        self.training_fraction = training_fraction

    def check(self, generator: nn.Module) -> Check:
        """Draw tiles from a generator in eval mode and compare their mean S2 (mse_P)."""
        tiles = threshold(draw(generator, self.latents), self.how, self.training_fraction)
        mean = describe(tiles, ("S2",))["S2"].mean(axis=0)
        return Check(float(tiles.mean()), float(np.mean((mean - self.mean) ** 2)))

"""What can be compared between two sets of tiles: each a curve over the lag, or one number."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rockrec.comparison.curves import contributions, mean_curve, per_image, pooled
from rockrec.descriptors import ORDER
from rockrec.plain.records.scalars import AT_PHI


@dataclass(frozen=True)
class Measure:
    """A descriptor in one quantity and form.

    quantity : ``"P"`` (P_n, L, C2), ``"F"`` (Eq. 2) or ``"scalar"``.
    form : ``"mean"`` for P and scalars, ``"at_phi"`` for P of sets that `rockrec.comparison.at_phi`
        has freed of the phase fraction, ``"pooled"`` or ``"per_image"`` for F, ``"spread"``.
    """

    descriptor: str
    quantity: str
    form: str

    def of_tiles(self, descriptors: Mapping[str, np.ndarray]) -> np.ndarray:
        """The values of each tile of a set that `of_set` averages, (n, lags)."""
        if self.descriptor == "one_phase":
            phi = np.asarray(descriptors["phase_fraction"], float)
            return ((phi <= 0) | (phi >= 1)).astype(float)[:, None]
        tiles = np.asarray(descriptors[self.descriptor], float)
        if self.form == "per_image":
            return per_image(tiles, ORDER[self.descriptor])
        if self.form == "spread":
            return squared_distances(tiles)
        return tiles if tiles.ndim == 2 else tiles[:, None]

    def of_set(self, tiles: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """The curve of the set, (lags,), or one for each row of weights, (k, lags)."""
        if self.form == "pooled":
            return pooled(tiles, ORDER[self.descriptor], weights)
        return mean_curve(tiles, weights)

    def linearised(self, tiles: np.ndarray) -> np.ndarray:
        """What each tile adds to the curve of the set, (n, lags): its variance sets the floor."""
        if self.form == "pooled":
            return contributions(tiles, ORDER[self.descriptor])
        if self.form == AT_PHI and len(tiles) > 2:  # the slope took another degree of freedom
            mean = mean_curve(tiles)
            return mean + (tiles - mean) * np.sqrt((len(tiles) - 1) / (len(tiles) - 2))
        return tiles


ONE_PHASE = Measure("one_phase", "scalar", "mean")  # share of tiles of one phase


def squared_distances(tiles: np.ndarray) -> np.ndarray:
    """Squared distance of each tile from the mean curve, the mean over lags, (n, 1).

    Its mean over the tiles is the variance within the set, which a generator that repeats
    itself has too small.
    """
    n = len(tiles)
    squares = (tiles - mean_curve(tiles)) ** 2 * (n / max(n - 1, 1))
    return mean_curve(squares.T)[:, None]


def measures_at_phi(descriptors: Mapping[str, np.ndarray]) -> list[Measure]:
    """What is compared of two sets at equal phase fraction, see `rockrec.comparison.at_phi`."""
    return [Measure(name, "P", AT_PHI) for name in descriptors]


def measures_of(descriptors: Mapping[str, np.ndarray]) -> list[Measure]:
    """All that a set's descriptors allow, in a fixed order."""
    curves = [name for name, values in descriptors.items() if np.ndim(values) == 2]
    scalars = [name for name, values in descriptors.items() if np.ndim(values) == 1]
    measures = [Measure(name, "P", "mean") for name in curves]
    measures += [
        Measure(name, "F", form)
        for form in ("pooled", "per_image")
        for name in curves
        if name in ORDER
    ]
    measures += [Measure(name, "scalar", "mean") for name in scalars]
    if "phase_fraction" in descriptors:
        measures.append(ONE_PHASE)
    if "S2" in descriptors:
        measures.append(Measure("S2", "scalar", "spread"))
    return measures

"""Sets of tiles compared at equal phase fraction.

Most of what two sets of real tiles differ by is luck in the phase fraction: a tile that holds more
of the phase has higher curves throughout. Each tile's curve is therefore freed of what its phase
fraction alone makes one expect; the fraction itself is compared in a line of its own.
"""

from collections.abc import Mapping

import numpy as np

FEWEST = 3  # tiles; through two any line goes
DIGITS = 12  # of a probability, within which a line and a curve are equal


def slopes_on_phi(tiles: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Slope of the regression of curves (n, lags) on phase fractions (n,), lag by lag.

    Returns
    -------
    (lags,): 0 where the tiles cannot tell, being fewer than three or all of one phase fraction;
    NaN where no curve has a value.
    """
    apart = phi - phi.mean()
    squares = apart @ apart
    if len(phi) < FEWEST or squares <= np.finfo(float).eps * len(phi):
        return np.zeros(tiles.shape[1])
    return apart @ (tiles - tiles.mean(axis=0)) / squares


def at_phi(
    descriptors: Mapping[str, np.ndarray], source: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Curves of a set less their regression on the tile's phase fraction.

    Parameters
    ----------
    descriptors : of a set, see `rockrec.comparison.compare_sets`.
    source : the real tiles that the slopes are taken from.

    Returns
    -------
    By function P(r) less what the regression line of the source has at the tile's phase fraction,
    (n, lags). Rounded, so that where the line tells all, nothing is left.
    """
    phi = np.asarray(source["phase_fraction"], float)
    apart = np.asarray(descriptors["phase_fraction"], float) - phi.mean()
    freed = {}
    for name, values in descriptors.items():
        if np.ndim(values) == 2 and name in source:
            real = np.asarray(source[name], float)
            line = real.mean(axis=0) + np.outer(apart, slopes_on_phi(real, phi))
            freed[name] = np.round(values - line, DIGITS)
    return freed

"""What realisations are held to: the curves and phase fractions of training tiles."""

from collections.abc import Sequence

import numpy as np

from rockrec.descriptors import describe
from rockrec.plain.seeds import seed_for


def targets_of(
    stack: np.ndarray,
    training: Sequence[int],
    names: Sequence[str],
    *,
    target: str,
    n: int,
    seed: int,
    boundary: str = "unbiased",
    n_lags: int | None = None,
) -> tuple[dict[str, np.ndarray], np.ndarray | float]:
    """Return the targets and the phase fraction of `n` realisations, as `anneal_each` takes them.

    Parameters
    ----------
    stack : (m, H, W) of 0/1; `training`: which of its tiles are shown.
    names : the descriptors.
    target : ``tile``: each realisation has a tile of its own, as long as there are enough;
        ``mean``: all have the mean of the tiles.
    seed : of the set of realisations.
    n_lags : as in `describe`.
    """
    chosen = _own_tiles(n, training, seed) if target == "tile" else training
    tiles = stack[chosen]
    curves, fractions = describe(tiles, names, boundary, n_lags), tiles.mean(axis=(1, 2))
    if target == "tile":
        return curves, fractions
    return {name: curve.mean(axis=0) for name, curve in curves.items()}, fractions.mean()


def _own_tiles(n: int, training: Sequence[int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed_for(seed, "targets"))
    rounds = -(-n // len(training))
    return np.concatenate([rng.permutation(training) for _ in range(rounds)])[:n]

"""What realisations are held to: the curves and phase fractions of training tiles."""

from collections.abc import Sequence

import numpy as np

from rockrec.annealing.energy import WHOLE
from rockrec.annealing.windows import count_windows
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
    start: np.ndarray | None = None,
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
    start : images (m, H, W) that the realisations begin with, see `anneal_each`. Each then has the
        tile whose rank in phase fraction among the training tiles is its own among the images.
    """
    if target == "mean":
        chosen = training
    elif start is None:
        chosen = _own_tiles(n, training, seed)
    else:
        chosen = _tiles_alike(stack, training, start)[np.arange(n) % len(start)]
    tiles = stack[chosen]
    curves, fractions = _described(tiles, names, boundary, n_lags), tiles.mean(axis=(1, 2))
    if target == "tile":
        return curves, fractions
    return {name: curve.mean(axis=0) for name, curve in curves.items()}, fractions.mean()


def _described(tiles, names, boundary, n_lags) -> dict[str, np.ndarray]:
    """Curves of tiles (n, lags), and what is counted of whole tiles, per pixel."""
    curves = describe(tiles, [n for n in names if n not in WHOLE], boundary, n_lags)
    for name in names:
        if name in WHOLE:
            counts = [
                sum(worth * count_windows(kind, tile, boundary) for kind, worth in WHOLE[name])
                for tile in tiles
            ]
            curves[name] = np.array(counts) / tiles[0].size
    return {name: curves[name] for name in names}


def _tiles_alike(stack: np.ndarray, training: Sequence[int], start: np.ndarray) -> np.ndarray:
    """For each image the training tile of the same rank in phase fraction."""
    ranked = np.asarray(training)[np.argsort(stack[training].mean(axis=(1, 2)), kind="stable")]
    rank = np.argsort(np.argsort(start.mean(axis=(1, 2)), kind="stable"), kind="stable")
    return ranked[((rank + 0.5) / len(start) * len(ranked)).astype(int)]


def _own_tiles(n: int, training: Sequence[int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed_for(seed, "targets"))
    rounds = -(-n // len(training))
    return np.concatenate([rng.permutation(training) for _ in range(rounds)])[:n]

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
    start : images (m, H, W) that the realisations begin with, see `anneal_each`. With ``tile`` each
        then has its image's own curves and phase fraction, all shifted alike such that their means
        are those of the training tiles.
    """
    if start is not None and target == "tile":
        curves, fractions = _mended(stack[training], start, names, boundary, n_lags, seed)
        again = np.arange(n) % len(start)
        return {name: curve[again] for name, curve in curves.items()}, fractions[again]
    chosen = _own_tiles(n, training, seed) if target == "tile" else training
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


def _mended(tiles, start, names, boundary, n_lags, seed):
    """Curves and phase fractions of images, shifted such that their means are those of tiles.

    Each image keeps what sets it apart from the others, and with it most of its shape.
    """
    curves = _described(start, names, boundary, n_lags)
    wanted = _described(tiles, names, boundary, n_lags)
    fractions = start.mean(axis=(1, 2))
    fractions = np.clip(fractions + tiles.mean() - fractions.mean(), 0.0, 1.0)
    for name, curve in curves.items():
        shifted = curve + wanted[name].mean(axis=0) - curve.mean(axis=0)
        if name == "euler_number":  # a whole number, up or down by chance, so that the mean is met
            chance = np.random.default_rng(seed_for(seed, "targets")).random(len(start))
            shifted = np.floor(shifted * start[0].size + chance) / start[0].size
        elif name == "perimeter":
            shifted = np.maximum(shifted, 0.0)
        else:
            shifted = np.clip(shifted, 0.0, fractions[:, None])
        curves[name] = shifted
    return curves, fractions


def _own_tiles(n: int, training: Sequence[int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed_for(seed, "targets"))
    rounds = -(-n // len(training))
    return np.concatenate([rng.permutation(training) for _ in range(rounds)])[:n]

"""Quilting realisations of any size from training tiles."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rockrec.descriptors.packing import pack
from rockrec.plain.motions import motions
from rockrec.plain.seeds import seed_for
from rockrec.quilting.kernels import lay_patches
from rockrec.quilting.sizes import Patches


def quilt(tiles: np.ndarray, shape: tuple[int, int], n: int, **options) -> np.ndarray:
    """Quilt `n` realisations (n, H, W) uint8; arguments as in `quilt_each`."""
    return np.stack(list(quilt_each(tiles, shape, range(n), **options)))


def quilt_each(
    tiles: np.ndarray,
    shape: tuple[int, int],
    indices: Sequence[int],
    *,
    patches: Patches,
    seed: int,
    best: int = 10,
    tried: int = 50_000,
    augmentation: Sequence[str] = (),
    threads: int = 1,
) -> Iterator[np.ndarray]:
    """Quilt realisations (H, W) uint8 in the order of their indices.

    A realisation depends on tiles, settings, seed and its own index alone.

    Parameters
    ----------
    tiles : (n, h, w) uint8 0/1, from which patches are taken, best not overlapping.
    shape : (H, W) px, at least a patch.
    best : a patch is one, by chance, of so many that agree best with their neighbours.
    tried : random places that are looked at for a patch; of fewer, fewer agree well.
    augmentation : motions under which tiles may be used, too; see `rockrec.plain.motions`.

    Raises
    ------
    ValueError : a shape smaller than a patch, or tiles of one phase only.
    """
    if min(shape) < patches.side:
        raise ValueError(f"{shape[0]} x {shape[1]} px are smaller than a patch of {patches.side}")
    if tiles.min() == tiles.max():
        raise ValueError("the training tiles hold one phase only: there is nothing to lay")
    planes = pack(_moved(tiles, augmentation))

    def make(index: int) -> np.ndarray:
        image = np.zeros(shape, np.uint8)
        state = np.array([seed_for(seed, "quilt", index) | 1], np.uint64)
        lay_patches(
            image, planes, tiles.shape[1:], patches.side, patches.overlap, best, tried, state
        )
        return image

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(make, indices)


def _moved(tiles: np.ndarray, augmentation: Sequence[str]) -> np.ndarray:
    """The tiles under all motions that may be used; of tiles that are not square, no turns."""
    return np.concatenate(
        [
            np.rot90(tiles[:, :, ::-1] if flip else tiles, turn, (1, 2))
            for flip, turn in motions(augmentation)
        ]
    )

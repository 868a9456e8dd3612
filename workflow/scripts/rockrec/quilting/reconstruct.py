"""Quilting realisations of any size from training tiles."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from rockrec.descriptors.packing import pack
from rockrec.plain.motions import motions
from rockrec.plain.seeds import seed_for
from rockrec.quilting.balance import lean_for
from rockrec.quilting.kernels import lay_patches, lay_row
from rockrec.quilting.sizes import Patches

BEST = 10  # a patch is one, by chance, of so many that agree best with what lies there
TRIED = 50_000  # random places that are looked at for a patch; of fewer, fewer agree well
TRIAL_SIDE = 5  # of the images that the lean is found on, in patches
TRIAL_AREA = 160_000  # px, of those of a round


class Quilted(NamedTuple):
    """A realisation: its index, the image (H, W) uint8, and what it took of one core [s]."""

    index: int
    image: np.ndarray
    core_seconds: float


class Front(NamedTuple):
    """Where a mosaic goes on: rows (overlap, width) that the next patches join, and the chance.

    `hanging` has no rows above the first patches; `state` is that of the random numbers (1,).
    """

    hanging: np.ndarray
    state: np.ndarray


class Quilter:
    """A rock that is quilted from tiles.

    A realisation depends on tiles, patches, motions, seed and its own index alone.

    Parameters
    ----------
    tiles : (n, h, w) uint8 0/1, from which patches are taken.
    augmentation : motions under which tiles may be used, too, see `rockrec.plain.motions`: those
        that the rock's fabric allows (`rockrec.fabric`). Quarter turns need square tiles.
    threads : realisations made at a time.

    Raises
    ------
    ValueError : tiles of one phase only.

    Attributes
    ----------
    lean : how the choice of patches leans towards the rock's phase fraction and perimeter, see
        `lean_for`.
    """

    def __init__(
        self,
        tiles: np.ndarray,
        patches: Patches,
        *,
        seed: int,
        augmentation: Sequence[str] = (),
        threads: int = 1,
    ):
        if tiles.min() == tiles.max():
            raise ValueError("the training tiles hold one phase only: there is nothing to lay")
        self.tile, self.patches = tiles.shape[1:], patches
        self.seed, self.threads = seed, threads
        self.planes = np.concatenate(
            [
                pack(np.rot90(tiles[:, :, ::-1] if flip else tiles, turn, (1, 2)))
                for flip, turn in motions(augmentation)
            ]
        )
        self.lean = lean_for(tiles, patches.side, self._trial, seed_for(seed, "lean"))

    def quilt(self, shape: tuple[int, int], indices: Sequence[int]) -> Iterator[Quilted]:
        """Quilt realisations of a shape (H, W) px in the order of their indices.

        Raises
        ------
        ValueError : a shape smaller than a patch.
        """
        side = self.patches.side
        if min(shape) < side:
            raise ValueError(f"{shape[0]} x {shape[1]} px are smaller than a patch of {side} px")

        def make(index: int) -> Quilted:
            began = time.thread_time()
            image = self._laid(shape, self.lean, "quilt", index)
            return Quilted(index, image, time.thread_time() - began)

        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(make, indices)

    def start(self, width: int) -> "Front":
        """Return where a mosaic of this width [px] begins.

        Raises
        ------
        ValueError : a width smaller than a patch.
        """
        if width < self.patches.side:
            raise ValueError(f"{width} px are less than a patch of {self.patches.side} px")
        state = np.array([seed_for(self.seed, "mosaic") | 1], np.uint64)
        return Front(np.zeros((0, width), np.uint8), state)

    def advance(self, front: "Front") -> tuple[np.ndarray, "Front"]:
        """Lay a row of patches below what is laid.

        Returns
        -------
        The rows (h, width) that are finished by it, and where the next one begins.
        """
        side, overlap = self.patches.side, self.patches.overlap
        image = np.zeros((side, front.hanging.shape[1]), np.uint8)
        image[: len(front.hanging)] = front.hanging
        state, joined = front.state.copy(), len(front.hanging) > 0
        common = side, overlap, BEST, TRIED, self.lean, state
        lay_row(image, self.planes, self.tile, *common, 0, joined)
        return image[: side - overlap], Front(image[side - overlap :], state)

    def _trial(self, lean: np.ndarray, number: int) -> np.ndarray:
        """Images of a round of the search for the lean."""
        side, overlap = self.patches.side, self.patches.overlap
        extent = TRIAL_SIDE * (side - overlap) + overlap
        n = -(-TRIAL_AREA // extent**2)

        def make(index: int) -> np.ndarray:
            return self._laid((extent, extent), lean, "trial", number, index)

        with ThreadPoolExecutor(self.threads) as pool:
            return np.stack(list(pool.map(make, range(n))))

    def _laid(self, shape: tuple[int, int], lean: np.ndarray, *names: object) -> np.ndarray:
        image = np.zeros(shape, np.uint8)
        state = np.array([seed_for(self.seed, *names) | 1], np.uint64)
        side, overlap = self.patches.side, self.patches.overlap
        lay_patches(image, self.planes, self.tile, side, overlap, BEST, TRIED, lean, state)
        return image

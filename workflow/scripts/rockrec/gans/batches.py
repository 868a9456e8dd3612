"""Tiles for a network, from a stack that may be larger than the memory."""

import hashlib
from collections.abc import Iterator

import numpy as np
import torch

from rockrec.gans.transfer import sent
from rockrec.plain.network_sizes import check_size
from rockrec.plain.records.kinds.networks import NetworkSettings

TILES_AT_ONCE = 256
CHOSEN, CHOSEN_AT_ONCE = 1024, 16


class TileSubset:
    """Some tiles of a (memory-mapped) stack, read only when they are asked for.

    Parameters
    ----------
    stack : (n, size, size) uint8.
    lines : indices into the stack, e.g. those of the training part.
    """

    def __init__(self, stack: np.ndarray, lines: np.ndarray):
        self.stack, self.lines = stack, np.asarray(lines)
        self.shape, self.dtype = (len(self.lines), *stack.shape[1:]), stack.dtype

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, chosen) -> np.ndarray:
        return self.stack[self.lines[chosen]]


class Crops:
    """All square windows of `side` px of tiles (n, size, size), cut when they are asked for."""

    def __init__(self, tiles: np.ndarray | TileSubset, side: int):
        self.tiles, self.dtype = tiles, tiles.dtype
        self._counts = len(tiles), *(size - side + 1 for size in tiles.shape[1:])
        self.shape = (int(np.prod(self._counts)), side, side)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, chosen: np.ndarray) -> np.ndarray:
        side = self.shape[1]
        tiles, tops, lefts = np.unravel_index(chosen, self._counts)
        cut = np.empty((len(tiles), side, side), self.dtype)
        for one, tile, top, left in zip(cut, self.tiles[tiles], tops, lefts, strict=True):
            one[:] = tile[top : top + side, left : left + side]
        return cut


def crop_side(settings: NetworkSettings, size: int) -> int:
    """Return the side of what a network is shown of tiles of `size` px: the whole, or a crop."""
    return min(getattr(settings, "crop", size), size)


def check_tiles(tiles: np.ndarray | TileSubset, name: str) -> None:
    """Raise ValueError unless `tiles` are (n, size, size) uint8 0/1 that a network can draw."""
    if len(tiles.shape) != 3 or tiles.shape[1] != tiles.shape[2] or tiles.dtype != np.uint8:
        raise ValueError(
            f"{name} tiles must be (n, size, size) uint8, not {tiles.shape} {tiles.dtype}"
        )
    check_size(tiles.shape[1])
    if len(tiles) < 2:
        raise ValueError(f"{name} tiles: at least two are needed, not {len(tiles)}")
    highest = max(int(some.max()) for some in _in_parts(tiles))
    if highest > 1:
        raise ValueError(f"{name} tiles must be 0 or 1, not {highest}")


def checksum(tiles: np.ndarray | TileSubset) -> str:
    """Return the SHA-256 of the tiles' shape and pixels."""
    digest = hashlib.sha256(repr(tuple(tiles.shape)).encode())
    for some in _in_parts(tiles):
        digest.update(np.ascontiguousarray(some))
    return digest.hexdigest()


def phase_fraction(tiles: np.ndarray | TileSubset) -> float:
    """Return the share of pixels that are 1 over the whole set."""
    return sum(int(some.sum(dtype=np.int64)) for some in _in_parts(tiles)) / float(
        np.prod(tiles.shape)
    )


def images_of(
    tiles: np.ndarray | TileSubset, lines: torch.Tensor, device: torch.device
) -> torch.Tensor:
    """Read the tiles of the given numbers (n,) as images (n, 1, size, size) of -1 and 1."""
    batch = sent(torch.from_numpy(np.ascontiguousarray(tiles[lines.numpy()])), device)
    images = batch[:, None].to(torch.float32) * 2 - 1
    return images.contiguous(memory_format=torch.channels_last)


def evenly_chosen(tiles: np.ndarray | TileSubset) -> tuple[torch.Tensor, ...]:
    """Return the numbers of at most 1,024 tiles, evenly from first to last, in small parts."""
    chosen = torch.linspace(0, len(tiles) - 1, min(len(tiles), CHOSEN), dtype=torch.float64)
    return chosen.long().split(CHOSEN_AT_ONCE)


def _in_parts(tiles: np.ndarray | TileSubset) -> Iterator[np.ndarray]:
    for first in range(0, len(tiles), TILES_AT_ONCE):
        yield np.asarray(tiles[first : first + TILES_AT_ONCE])

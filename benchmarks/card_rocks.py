"""The rocks that a card learns, in one small file: made by `pack`, read by `rock_parts`.

Berea sandstone as berea.py splits it, at 128 px; the two built-in rocks at two sizes, from one
mosaic each that is not the demo's: at 128 px, of windows twice as wide (the demo's pixels, in tiles
of twice the side); at 512 px, of windows as they are. At either size the windows lie as the demo's
do, so that there are about 3,700 training tiles, 64 for validation and 144 held out. Bits are
packed: the volume and the mosaics whole, tiles of 128 px as tiles, since they take long to reduce.
"""

import argparse
import functools
from pathlib import Path
from typing import NamedTuple

import berea
import numpy as np
import recipes

from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import disjoint, split_windows
from rockrec.synthetic import make_rock
from rockrec.tiles import cut_tiles

KINDS = {kind: rock for rock, kind in recipes.SAMPLES.items()}
ROCKS = ("berea", *KINDS)
SIZES, QUICK_SIZES = (128, 512), (32, 64)  # px


class Parts(NamedTuple):
    """Tiles (n, size, size) uint8; `apart` are training tiles that do not overlap."""

    train: np.ndarray
    validation: np.ndarray
    apart: np.ndarray
    heldout: np.ndarray


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="tiles of 32 and 64 px")


def pack(options: argparse.Namespace) -> None:
    """Write the file; Berea is read from ROCKREC_TEST_DATA."""
    small, large = QUICK_SIZES if options.quick else SIZES
    packed = {"sizes": np.array([small, large])}
    for kind, rock in KINDS.items():
        sides = max(32 * small, 16 * large), max(64 * small, 32 * large)
        mosaic = make_rock(rock, *sides, seed_for(2023, kind, "card")).truth
        packed |= bits(f"{kind}_mosaic", mosaic)
        part = mosaic[: 32 * small, : 64 * small]
        for name, tiles in cut(part, small, 2 * small, small // 2)._asdict().items():
            if name != "apart":  # a training tile each
                packed |= bits(f"{kind}_{name}", tiles)
    packed |= bits("berea", berea.read_volume())
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with open(options.out, "wb") as file:
        np.savez_compressed(file, **packed)
    print(f"{options.out}: {options.out.stat().st_size / 2**20:.1f} MiB")
    for rock in ROCKS:
        for size in sizes_of(options.out, rock):
            print(
                rock,
                size,
                {n: len(t) for n, t in rock_parts(options.out, rock, size)._asdict().items()},
            )


def sizes_of(path: Path, rock: str) -> list[int]:
    """Return the sizes [px] at which a rock is there, the smaller one first."""
    with np.load(path) as file:
        return file["sizes"].tolist()[: 1 if rock == "berea" else 2]


@functools.lru_cache(maxsize=2)
def rock_parts(path: Path, rock: str, size: int) -> Parts:
    """Read the tiles of a rock at a size."""
    with np.load(path) as file:
        small, _ = file["sizes"].tolist()
        if rock == "berea":
            return berea_parts(unpacked(file, "berea"), size)
        if size != small:
            mosaic = unpacked(file, f"{rock}_mosaic")[: 16 * size, : 32 * size]
            return cut(mosaic, size, size, size // 4)
        train, validation, heldout = (
            unpacked(file, f"{rock}_{name}") for name in ("train", "validation", "heldout")
        )
    corners = [
        window
        for window in windows_of((32 * size, 64 * size), 2 * size, size // 2)
        if window.split == "train"
    ]
    return Parts(train, validation, train[apart_of(corners, 2 * size)], heldout)


def berea_parts(volume: np.ndarray, size: int) -> Parts:
    slices, side = berea.SLICES, berea.SIZE
    every = 1 if size == side else 12  # to rehearse with
    return Parts(
        berea.tiles_of(volume, slices["train"][::every], berea.STRIDE["train"], size),
        berea.tiles_of(volume, slices["validation"], berea.STRIDE["validation"], size),
        berea.tiles_of(volume, slices["train"][:: berea.APART], side + 8, size),
        berea.tiles_of(volume, slices["heldout"][:: berea.APART], side + 8, size),
    )


def cut(mosaic: np.ndarray, size: int, window: int, stride: int) -> Parts:
    """Cut the windows of a mosaic, and reduce them to `size` px."""
    windows = windows_of(mosaic.shape, window, stride)
    by_part = {
        part: [one for one in windows if one.split == part]
        for part in ("train", "validation", "heldout")
    }
    tiles = {
        part: np.stack(list(cut_tiles(mosaic, 1, some, window, size, "keep_fraction")))
        for part, some in by_part.items()
    }
    return Parts(apart=tiles["train"][apart_of(by_part["train"], window)], **tiles)


def windows_of(shape: tuple[int, int], window: int, stride: int) -> list:
    return split_windows(*shape, window, stride, 0.15, 0.3)


def apart_of(windows: list, window: int) -> np.ndarray:
    """Return the places of windows that do not overlap."""
    return np.flatnonzero(
        disjoint([one.row for one in windows], [one.column for one in windows], window)
    )


def bits(name: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """An array of 0 and 1 as bits and its shape."""
    return {name: np.packbits(array), f"{name}_shape": np.array(array.shape)}


def unpacked(file, name: str) -> np.ndarray:
    shape = file[f"{name}_shape"]
    return np.unpackbits(file[name], count=int(np.prod(shape))).reshape(shape)

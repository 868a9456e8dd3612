"""Maps of what is copied, from the measure to the figure."""

import os
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

import numpy as np

from rockrec.housekeeping.integrity import check_archive
from rockrec.novelty.measure import Copied

SHOWN = 2  # tiles of each source


class Map(NamedTuple):
    """Tiles (n, H, W) and where each pixel is copied from, -1 where it is not; see `Copied`."""

    tiles: np.ndarray
    origin: np.ndarray


def write_maps(file: BinaryIO, sources: Mapping[str, Copied]) -> None:
    """Write the first tiles of each source in which any piece tells."""
    arrays = {"sources": np.array(list(sources))}
    for number, copied in enumerate(sources.values()):
        tell = np.flatnonzero(copied.telling.any(axis=(1, 2)))
        others = np.setdiff1d(np.arange(len(copied.tiles)), tell)
        chosen = np.concatenate([tell, others])[:SHOWN]
        arrays |= {
            f"tiles{number}": copied.tiles[chosen],
            f"origin{number}": copied.origin[chosen],
        }
    np.savez_compressed(file, **arrays)


def read_maps(path: str | os.PathLike) -> dict[str, Map]:
    """Read what `write_maps` wrote, by source.

    Raises
    ------
    DamagedFile : the file is not as it was written.
    """
    check_archive(path)
    with np.load(path, allow_pickle=False) as file:
        return {
            str(source): Map(file[f"tiles{number}"], file[f"origin{number}"])
            for number, source in enumerate(file["sources"])
        }

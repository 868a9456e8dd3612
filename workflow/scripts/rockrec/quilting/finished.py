"""Finished realisations on disk, in batches, so that a stopped quilting goes on where it was."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole
from rockrec.quilting.reconstruct import Quilted

BATCH = 64  # realisations


def in_batches(
    folder: Path, n: int, make: Callable[[Sequence[int]], Iterator[Quilted]]
) -> Iterator[Quilted]:
    """Yield realisations 0 to n - 1: of batches that are finished those on disk, else made.

    Parameters
    ----------
    folder : named by all that shapes a realisation.
    make : the realisations of some indices.

    Raises
    ------
    DamagedFile : a batch is not as it was written.
    """
    for first in range(0, n, BATCH):
        indices = range(first, min(first + BATCH, n))
        path = folder / f"{first}to{indices[-1]}.npz"
        if not path.exists():
            _keep(path, list(make(indices)))
        yield from _kept(path)


def _keep(path: Path, quilted: list[Quilted]) -> None:
    index, images, seconds = zip(*quilted, strict=True)
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, index=index, images=np.stack(images), core_seconds=seconds)


def _kept(path: Path) -> Iterator[Quilted]:
    check_archive(path)
    with np.load(path, allow_pickle=False) as file:
        read = [file[name] for name in ("index", "images", "core_seconds")]
    for index, image, seconds in zip(*read, strict=True):
        yield Quilted(int(index), image, float(seconds))

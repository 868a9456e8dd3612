"""A mosaic of any size out of a model's plane, from top to bottom; it goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rockrec.gans.endless.plane import BLOCK, Plane
from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole


def drawn_bands(
    plane: Plane, level: float, shape: tuple[int, int], folder: Path, threads: int = 1
) -> Iterator[np.ndarray]:
    """Yield the rows of a mosaic (H, W) uint8 0/1 from top to bottom, a row of blocks at a time.

    Those that are finished are read from the disk. The upper rows do not depend on how many follow.

    Parameters
    ----------
    level : of gray, above which lies the phase.
    folder : named by all that shapes the mosaic, its width among it, but not its height.

    Raises
    ------
    DamagedFile : a band is not as it was written.
    """
    height, width = shape
    for top in range(0, height, BLOCK):
        path = folder / f"row{top}.npz"
        if not path.exists():
            gray = plane.window(range(top, top + BLOCK), range(width), threads)
            with written_whole(path) as partial, open(partial, "wb") as file:
                np.savez_compressed(file, rows=np.packbits(gray > level, axis=1))
        check_archive(path)
        with np.load(path, allow_pickle=False) as file:
            band = np.unpackbits(file["rows"], axis=1, count=width)
        yield band[: height - top]

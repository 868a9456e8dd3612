"""A mosaic of any size, quilted from top to bottom, that goes on where it was stopped."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole
from rockrec.quilting.reconstruct import Front, Quilter

BAND = 512  # px, the least height of what is kept on the disk at a time


def laid_bands(quilter: Quilter, shape: tuple[int, int], folder: Path) -> Iterator[np.ndarray]:
    """Yield the rows of a mosaic (H, W) uint8 0/1 from top to bottom, in bands.

    Of bands that are finished, those on the disk are read, and the next are laid below them. In
    memory is never more than a band and a row of patches. The upper rows do not depend on how many
    follow.

    Parameters
    ----------
    folder : named by all that shapes the mosaic, its width among it, but not its height.

    Raises
    ------
    ValueError : smaller than a patch. DamagedFile : a band is not as it was written.
    """
    height, width = shape
    front = quilter.start(width)
    if height < quilter.patches.side:
        raise ValueError(f"{height} px are less than a patch of {quilter.patches.side} px")
    done, number = 0, 0
    while done < height:
        path = folder / f"band{number}.npz"
        if not path.exists():
            _keep(path, *_band(quilter, front))
        band, front = _kept(path, width)
        yield band[: height - done]
        done, number = done + len(band), number + 1


def _band(quilter: Quilter, front: Front) -> tuple[np.ndarray, Front]:
    rows = []
    while sum(map(len, rows)) < BAND:
        finished, front = quilter.advance(front)
        rows.append(finished)
    return np.concatenate(rows), front


def _keep(path: Path, band: np.ndarray, front: Front) -> None:
    bits = {"rows": np.packbits(band, axis=1), "hanging": np.packbits(front.hanging, axis=1)}
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, **bits, state=front.state)


def _kept(path: Path, width: int) -> tuple[np.ndarray, Front]:
    check_archive(path)
    with np.load(path, allow_pickle=False) as file:
        rows, hanging = (
            np.unpackbits(file[name], axis=1, count=width) for name in ("rows", "hanging")
        )
        return rows, Front(hanging, file["state"])

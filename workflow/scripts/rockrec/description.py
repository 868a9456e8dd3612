"""What a set of tiles is in numbers: its descriptors and scalars, on disk as one file."""

from collections.abc import Mapping

import numpy as np

from rockrec.descriptors import describe
from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole
from rockrec.minkowski import euler_number, perimeter
from rockrec.plain.records.descriptors import DESCRIPTORS, OF_PAPER
from rockrec.pores import percolates


def describe_set(tiles: np.ndarray, pixel_size_nm: float, boundary: str) -> dict[str, np.ndarray]:
    """Describe tiles (n, size, size) of 0/1 one by one.

    By every descriptor there is: beside the paper's the directions that S2 is the mean of, since
    it hides anisotropy; the oblique pairs and the cluster function, to which no method need be
    fitted, so that a verdict can rest on them. In ``amiri2023`` by the paper's alone.

    Returns
    -------
    dict : each descriptor's curves (n, lags); ``phase_fraction`` and the scalars of
        `scalars` (n,); ``boundary`` and ``pixel_size_nm``.
    """
    functions = OF_PAPER if boundary == "amiri2023" else tuple(DESCRIPTORS)
    return {
        **describe(tiles, functions, boundary),
        "phase_fraction": tiles.mean(axis=(1, 2)),
        **scalars(tiles),
        "boundary": np.array(boundary),
        "pixel_size_nm": np.array(float(pixel_size_nm)),
    }


def scalars(tiles: np.ndarray) -> dict[str, np.ndarray]:
    """What counts a whole tile, (n,) each: Euler number, perimeter, percolation in x and y."""
    along_x, along_y = percolates(tiles)
    return {
        "euler_number": euler_number(tiles),
        "perimeter": perimeter(tiles),
        "percolation_x": along_x,
        "percolation_y": along_y,
    }


def save_description(path: str, description: Mapping[str, np.ndarray]) -> None:
    """Write a description as ``.npz``."""
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, **description)


def load_description(path: str) -> dict[str, np.ndarray]:
    """Read what `save_description` wrote; DamagedFile if it is no longer that."""
    check_archive(path)
    with np.load(path, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}

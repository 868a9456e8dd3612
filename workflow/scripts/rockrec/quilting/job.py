"""What a job quilts from: the tiles that its settings allow, and patches that suit them."""

import json
import logging
import os
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from rockrec.fabric import check_fabric
from rockrec.housekeeping.integrity import checksum
from rockrec.images import read_stack
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import training_windows
from rockrec.quilting.reconstruct import Quilter
from rockrec.quilting.sizes import patches_for
from rockrec.tiles import disjoint_tiles

log = logging.getLogger(__name__)


def quilter_of(
    tiles: str | os.PathLike,
    table: str | os.PathLike,
    method: Mapping,
    seed: int,
    threads: int = 1,
) -> tuple[Quilter, np.ndarray]:
    """Make the quilter of a method, from the files of an experiment's tiles.

    Returns
    -------
    The quilter, and the training tiles (n, H, W) that it takes patches from.

    Raises
    ------
    FabricError : motions that the rock forbids. ValueError : patches that do not fit.
    """
    stack, lines = read_stack(tiles), pd.read_csv(table)
    # The rock's fabric and how far it reaches, however few of its windows are used.
    apart = stack[disjoint_tiles(lines, "train")]
    check_fabric(method["augmentation"], apart)
    some = stack[training_windows(lines["split"], method["limit"], seed)]
    patches = patches_for(apart, method["patch"], method["overlap"])
    quilter = Quilter(
        some, patches, seed=seed, augmentation=method["augmentation"], threads=threads
    )
    log.info(
        "patches of %d px that overlap by %d px; the choice leans by %.2g per pixel of the phase, "
        "%.2g per pair of unlike neighbours",
        *(patches.side, patches.overlap, *quilter.lean),
    )
    return quilter, some


def name_of(shaping: Mapping, seed: int, files: Iterable[str | os.PathLike]) -> str:
    """Name a folder for what is finished: by the settings and the files that shape it."""
    key = seed_for(seed, json.dumps(shaping, sort_keys=True), *map(checksum, files))
    return f"quilting-{key:016x}"

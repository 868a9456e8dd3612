"""What a figure compares: for each sample its real tiles and every method's, in order."""

import os
from collections.abc import Callable, Sequence

import pandas as pd

from rockrec.figures.style import REAL, source_names
from rockrec.figures.tile_images import Tiles
from rockrec.images import in_pieces, read_stack, stack_pixel_size


def by_sample(
    samples: Sequence[str],
    methods: Sequence[str],
    real: Sequence[str],
    reconstructed: Sequence[str],
    read: Callable[[str], object],
) -> dict[str, dict[str, object]]:
    """Arrange parallel lists as ``{sample: {"real": ..., method: ...}}``.

    Parameters
    ----------
    samples, methods : labels; every sample has every method.
    real : one item per sample.
    reconstructed : sample by sample, the items of all methods.
    read : turns an item (a path) into what the figure plots.

    Raises
    ------
    ValueError
        If the lists do not fit together.
    """
    if len(real) != len(samples) or len(reconstructed) != len(samples) * len(methods):
        raise ValueError(
            f"{len(samples)} samples with {len(methods)} methods need {len(samples)} real and "
            f"{len(samples) * len(methods)} reconstructed items, "
            f"got {len(real)} and {len(reconstructed)}"
        )
    remaining = iter(reconstructed)
    return {
        sample: {REAL: read(item)} | {method: read(next(remaining)) for method in methods}
        for sample, item in zip(samples, real, strict=True)
    }


def heldout_tiles(stack: str | os.PathLike, table: str | os.PathLike) -> Tiles:
    """Read the held-out tiles of an experiment from ``tiles.tif`` and ``tiles.csv``."""
    heldout = (pd.read_csv(table)["split"] == "heldout").to_numpy()
    return Tiles(read_stack(stack)[heldout], stack_pixel_size(stack))


def realised_tiles(stack: str | os.PathLike, size: int) -> Tiles:
    """Read realisations, those larger than a tile in pieces of its `size`."""
    return Tiles(in_pieces(read_stack(stack), size), stack_pixel_size(stack))


def tiles_by_sample(
    samples: Sequence[str],
    methods: Sequence[str],
    stacks: Sequence[str],
    tables: Sequence[str],
    realisations: Sequence[str],
) -> dict[str, dict[str, Tiles]]:
    """Read the held-out tiles and the realisations of every sample; see `by_sample`."""
    table_of = dict(zip(stacks, tables, strict=True))
    size = read_stack(stacks[0]).shape[1]

    def read(path: str) -> Tiles:
        if path in table_of:
            return heldout_tiles(path, table_of[path])
        return realised_tiles(path, size)

    return by_sample(samples, methods, stacks, realisations, read)


def labels_of(owners: Sequence[Sequence]) -> list[str]:
    """Name reconstructions, (sample, experiment, method, replicate, ...) each, in one experiment.

    As "sample, method", with the replicate where a method has several.
    """
    labels = [f"{method}/{replicate}" for _, _, method, replicate, *_ in owners]
    names = source_names(dict.fromkeys(labels))
    return [f"{owner[0]}, {names[label]}" for owner, label in zip(owners, labels, strict=True)]

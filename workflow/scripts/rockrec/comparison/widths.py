"""Widths of the phase in two sets of tiles compared: local thickness and chord lengths, in µm."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.distributions import Counted, compare_distributions, count, wasserstein
from rockrec.plain.records.scalars import WIDTHS


class WidthSet(NamedTuple):
    """Widths in the first `n_tiles` tiles of a set: lines of ``widths.csv``."""

    widths: pd.DataFrame
    n_tiles: int


def compare_widths(
    reconstructed: WidthSet, real: WidthSet, *, floor_source: WidthSet, **common
) -> pd.DataFrame:
    """Compare the widths of the phase in two sets of tiles.

    Parameters
    ----------
    reconstructed, real, floor_source : of their widths ``tile``, ``quantity``, ``width_um`` and
        ``weight`` are read.
    common : see `compare_distributions`.

    Returns
    -------
    Its columns, a line each for local thickness and for chords along rows and columns; error and
    floor in µm.
    """
    sets = reconstructed, real, floor_source
    return compare_distributions((_counted(name, sets) for name in WIDTHS), **common)


def _counted(quantity: str, sets: Sequence[WidthSet]) -> Counted:
    tables = [one.widths[one.widths["quantity"] == quantity] for one in sets]
    widths = np.unique(np.concatenate([table["width_um"] for table in tables]))
    counts = [
        count(
            table["tile"],
            np.searchsorted(widths, table["width_um"]),
            (one.n_tiles, len(widths)),
            table["weight"],
        )
        for table, one in zip(tables, sets, strict=True)
    ]
    return Counted(quantity, counts, partial(wasserstein, positions=widths))

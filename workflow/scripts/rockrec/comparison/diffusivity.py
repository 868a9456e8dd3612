"""Effective diffusivity of two sets of tiles compared: the mean over the tiles, by direction."""

import numpy as np
import pandas as pd

from rockrec.comparison.table import compare_sets
from rockrec.plain.records.scalars import DIFFUSIVITIES
from rockrec.plain.records.verdicts import FEWEST_TILES

OF_TILES = ("phase_fraction", "one_phase")  # compared elsewhere


def compare_diffusivities(
    reconstructed: pd.DataFrame,
    real: pd.DataFrame,
    *,
    floor_source: pd.DataFrame,
    boundary: str,
    **common,
) -> pd.DataFrame:
    """Compare how two sets of tiles conduct.

    Parameters
    ----------
    reconstructed, real, floor_source : lines of ``transport.csv``, one for each tile. Those through
        which no path leads count as 0.
    common : as in `compare_sets`.

    Returns
    -------
    The columns of `compare_sets`, a line for each of `DIFFUSIVITIES`; they are one family of tests.
    Where a path leads through fewer than 30 of the real tiles there is no verdict: the mean is then
    that of a few tiles.
    """
    paths = {
        name: min(np.count_nonzero(one[name]) for one in (real, floor_source))
        for name in DIFFUSIVITIES
    }
    table = compare_sets(
        *(_described(one, boundary) for one in (reconstructed, real)),
        floor_source=_described(floor_source, boundary),
        targeted=(),
        undefined=(*OF_TILES, *(name for name, n in paths.items() if n < FEWEST_TILES)),
        **common,
    )
    return table[~table["descriptor"].isin(OF_TILES)]


def _described(table: pd.DataFrame, boundary: str) -> dict[str, np.ndarray]:
    """One set as `compare_sets` takes it; no pixel size is needed, for all is per tile."""
    names = ("phase_fraction", *DIFFUSIVITIES)
    columns = {name: table[name].to_numpy(float) for name in names}
    return {**columns, "boundary": np.array(boundary), "pixel_size_nm": np.array(1.0)}

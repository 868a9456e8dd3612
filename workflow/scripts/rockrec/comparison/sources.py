"""Sources compared by all that is known of them: descriptors, scalars and pores."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.pores import PoreSet, compare_pores
from rockrec.comparison.table import compare_sets

OF_SETS = ["one_phase_a", "one_phase_b", "phi_sd_a", "phi_sd_b"]  # the same in every line


class Source(NamedTuple):
    """A set of tiles: its description (`rockrec.description`), and the pores of some of them."""

    described: Mapping[str, np.ndarray]
    pores: PoreSet


def compare_sources(
    reconstructed: Source,
    real: Source,
    *,
    floor_source: Source,
    targeted: Collection[str],
    max_lag: int | None,
    **common,
) -> pd.DataFrame:
    """Compare a source with real tiles.

    Parameters
    ----------
    others : as in `compare_sets`; `common` is also told to `compare_pores`.

    Returns
    -------
    The lines of `compare_sets`, then those of `compare_pores`, with the columns of the former.
    """
    sets = compare_sets(
        reconstructed.described,
        real.described,
        floor_source=floor_source.described,
        targeted=targeted,
        max_lag=max_lag,
        **common,
    )
    pores = compare_pores(
        reconstructed.pores,
        real.pores,
        floor_source=floor_source.pores,
        boundary=str(reconstructed.described["boundary"]),
        **common,
    )
    of_sets = sets.iloc[0][OF_SETS]
    return pd.concat([sets, pores.assign(**of_sets)], ignore_index=True)

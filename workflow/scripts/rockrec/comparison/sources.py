"""Sources compared by all that is known of them: descriptors, scalars, pores, transport, widths."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.comparison.diffusivity import compare_diffusivities
from rockrec.comparison.pores import PoreSet, compare_pores
from rockrec.comparison.table import compare_sets
from rockrec.comparison.widths import WidthSet, compare_widths

OF_SETS = ["one_phase_a", "one_phase_b", "phi_sd_a", "phi_sd_b"]  # the same in every line


class Source(NamedTuple):
    """A set of tiles: its description (`rockrec.description`), and what was measured of some.

    diffusivities : their lines of ``transport.csv``.
    """

    described: Mapping[str, np.ndarray]
    pores: PoreSet
    diffusivities: pd.DataFrame
    widths: WidthSet


COMPARED = {
    "pores": compare_pores,
    "diffusivities": compare_diffusivities,
    "widths": compare_widths,
}


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
    others : as in `compare_sets`; `common` is told to all.

    Returns
    -------
    The lines of `compare_sets`, `compare_pores`, `compare_diffusivities` and `compare_widths`, with
    the columns of the first.
    """
    sets = compare_sets(
        reconstructed.described,
        real.described,
        floor_source=floor_source.described,
        targeted=targeted,
        max_lag=max_lag,
        **common,
    )
    others = [
        compare(
            getattr(reconstructed, of),
            getattr(real, of),
            floor_source=getattr(floor_source, of),
            boundary=str(reconstructed.described["boundary"]),
            **common,
        )
        for of, compare in COMPARED.items()
    ]
    of_sets = sets.iloc[0][OF_SETS]
    return pd.concat([sets, *(one.assign(**of_sets) for one in others)], ignore_index=True)

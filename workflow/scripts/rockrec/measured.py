"""The sets of tiles that are measured one by one: real ones, and every method's."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from rockrec.images import in_pieces, read_stack, spread
from rockrec.tiles import disjoint_tiles


def measured_sets(
    stack: str, table: str, realisations: Mapping[str, str], n_tiles: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield by its name `n_tiles` tiles of each set (all where there are fewer), evenly from it.

    Parameters
    ----------
    stack, table : ``tiles.tif`` and ``tiles.csv``; of the real tiles those that do not overlap.
    realisations : by ``method/replicate`` the stack, larger ones to be cut in pieces of a tile.
    """
    real, lines = read_stack(stack), pd.read_csv(table)
    for part in ("heldout", "train"):
        yield part, spread(real[disjoint_tiles(lines, part)], n_tiles)
    for name, path in realisations.items():
        yield name, spread(in_pieces(read_stack(path), real.shape[1]), n_tiles)


def by_source(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the tables of several sets below one another, with the column ``source`` first."""
    named = [table.assign(source=source) for source, table in tables.items()]
    whole = pd.concat(named, ignore_index=True)
    return whole[["source", *whole.columns.drop("source")]]

"""Look for the faults of reconstructions in every method's realisations, and in real tiles."""

from functools import cache

import pandas as pd

from rockrec.diagnosis import TURNS, fit_checks, table_of
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import in_pieces, read_stack
from rockrec.plain.motions import motions
from rockrec.plain.seeds import seed_for
from rockrec.tiles import disjoint_tiles, tiles_halfway


@logged(snakemake)
def main():
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    stack, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)
    train, heldout = (stack[disjoint_tiles(table, part)] for part in ("train", "heldout"))
    originals = stack[tiles_halfway(table, "train", params.window)]
    turns = [list(TURNS)[4 * flip + turn] for flip, turn in motions(params.augmentation)]

    @cache
    def checks_for(n):
        seed = seed_for(params.seed, wildcards.sample, wildcards.experiment, "diagnose", n)
        return fit_checks(train, heldout, n, seed=seed, turns=turns, originals=originals)

    def rows(tiles, method, replicate):
        tiles = tiles[: params.n_tiles]
        found = table_of(checks_for(len(tiles)), tiles)
        found.insert(0, "method", method)
        found.insert(1, "replicate", replicate)
        return found

    tables = [rows(heldout, "real", "")]
    for (method, replicate), path in zip(params.methods, inputs.realisations, strict=True):
        tables.append(rows(in_pieces(read_stack(path), stack.shape[1]), method, replicate))
    with written_whole(snakemake.output.diagnosis) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

"""Measure how much of every method's realisations is copied from the training tiles."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import in_pieces, read_stack
from rockrec.novelty import Novelty
from rockrec.novelty.maps import write_maps
from rockrec.plain.seeds import seed_for
from rockrec.tiles import disjoint_tiles, tiles_halfway


@logged(snakemake)
def main():
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    stack, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)
    originals = stack[tiles_halfway(table, "train", params.window)]
    heldout = stack[disjoint_tiles(table, "heldout")]
    seed = seed_for(params.seed, wildcards.sample, wildcards.experiment, "novelty")
    measure = Novelty(originals, heldout, params.augmentation, seed)
    tables, maps = [], {}

    def tell(copied, method, replicate):
        found = measure.table(copied)
        found.insert(0, "method", method)
        found.insert(1, "replicate", replicate)
        tables.append(found)
        maps[f"{method}/{replicate}" if replicate else method] = copied[min(copied)]

    tell(measure.real, "real", "")
    for (method, replicate), path in zip(params.methods, inputs.realisations, strict=True):
        tiles = in_pieces(read_stack(path), stack.shape[1])[: params.n_tiles]
        tell({side: measure.copied(tiles, side) for side in measure.libraries}, method, replicate)
    with written_whole(snakemake.output.novelty) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)
    with written_whole(snakemake.output.maps) as partial, open(partial, "wb") as file:
        write_maps(file, maps)


main()

"""Measure single pores of training and held-out tiles and of every method's realisations."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import in_pieces, read_stack, spread, stack_pixel_size
from rockrec.pores import measure_pores
from rockrec.tiles import disjoint_tiles


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    real, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)
    stacks = {part: real[disjoint_tiles(table, part)] for part in ("heldout", "train")}
    for (method, replicate), path in zip(params.methods, inputs.realisations, strict=True):
        stacks[f"{method}/{replicate}"] = in_pieces(read_stack(path), real.shape[1])
    pixel_size_nm = stack_pixel_size(inputs.tiles)
    tables = []
    for source, tiles in stacks.items():
        tiles = spread(tiles, params.pores["tiles"])
        pores = measure_pores(tiles, pixel_size_nm, params.pores["drop_border"])
        pores.insert(0, "source", source)
        tables.append(pores)
    with written_whole(snakemake.output.pores) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

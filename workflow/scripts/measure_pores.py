"""Measure single pores of held-out tiles and of every method's realisations."""

import pandas as pd

from logbook import logged
from rockrec.images import in_pieces, read_stack, stack_pixel_size
from rockrec.outputs import written_whole
from rockrec.pores import measure_pores


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    heldout = (pd.read_csv(inputs.tiles)["split"] == "heldout").to_numpy().nonzero()[0]
    real = read_stack(inputs.heldout)
    stacks = {"heldout": real[heldout[: params.n_tiles]]}
    for source, path in zip(params.sources, inputs.realisations, strict=True):
        stacks[source] = in_pieces(read_stack(path), real.shape[1])[: params.n_tiles]
    pixel_size_nm = stack_pixel_size(inputs.heldout)
    tables = []
    for source, tiles in stacks.items():
        pores = measure_pores(tiles, pixel_size_nm, params.drop_border)
        pores.insert(0, "source", source)
        tables.append(pores)
    with written_whole(snakemake.output.pores) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

"""Describe the training or the held-out tiles of an experiment, those that do not overlap."""

import pandas as pd

from rockrec.comparison import curve_table
from rockrec.description import describe_set, save_description
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import read_stack, stack_pixel_size
from rockrec.plain.windows import disjoint


@logged(snakemake)
def main():
    path = snakemake.input.tiles
    table = pd.read_csv(snakemake.input.table)
    table = table[table["split"] == snakemake.wildcards.part]
    apart = disjoint(list(table["row"]), list(table["column"]), snakemake.params.window)
    tiles = read_stack(path)[table.index[apart]]
    description = describe_set(tiles, stack_pixel_size(path), snakemake.params.boundary)
    save_description(snakemake.output.descriptors, description)
    with written_whole(snakemake.output.curves) as partial:
        curve_table(description).to_csv(partial, index=False)


main()

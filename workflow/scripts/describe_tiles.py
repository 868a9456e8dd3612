"""Describe the training or the held-out tiles of an experiment, those that do not overlap."""

import logging

import pandas as pd

from rockrec.comparison import curve_table
from rockrec.description import describe_set, save_description
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import read_stack, stack_pixel_size
from rockrec.plain.records.verdicts import FEWEST_TILES
from rockrec.tiles import disjoint_tiles

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, part = snakemake.input, snakemake.params, snakemake.wildcards.part
    tiles = read_stack(inputs.tiles)[disjoint_tiles(pd.read_csv(inputs.table), part)]
    if len(tiles) < FEWEST_TILES:
        log.warning("%d disjoint %s tiles: no verdict under %d", len(tiles), part, FEWEST_TILES)
    description = describe_set(tiles, stack_pixel_size(inputs.tiles), params.boundary)
    save_description(snakemake.output.descriptors, description)
    with written_whole(snakemake.output.curves) as partial:
        curve_table(description).to_csv(partial, index=False)


main()

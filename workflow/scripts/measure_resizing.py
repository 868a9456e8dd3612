"""Measure what reducing windows to tiles does to the rock."""

import logging

import numpy as np
import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import read_stack
from rockrec.mosaics import open_mosaic
from rockrec.plain.windows import Window
from rockrec.resizing import compare_sizes, warning
from rockrec.tiles import cut_window

log = logging.getLogger("measure_resizing")

COMPARED = 100  # training windows whose curves before and after are compared


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    phase, pixel_size_nm = params.mosaic["phase"], params.mosaic["pixel_size_nm"]
    table = pd.read_csv(inputs.table)
    train = np.flatnonzero(table["split"] == "train")
    compared = train[:: -(-len(train) // COMPARED)]
    corners = table.loc[compared, ["row", "column", "split"]]
    with open_mosaic(inputs.segmented, threads=snakemake.threads) as mosaic:
        before = [
            cut_window(mosaic, phase, Window(*corner), params.window)
            for corner in corners.itertuples(index=False)
        ]
    after = read_stack(inputs.tiles)[compared]
    resizing = compare_sizes(before, after, pixel_size_nm)
    if lost := warning(resizing):
        log.warning(
            "reducing windows of %d px to tiles of %d px changes the numbers of pieces: %s; what "
            "is lost there no reconstruction can bring back: a larger tiles.size keeps it",
            params.window,
            after.shape[1],
            lost,
        )
    with written_whole(snakemake.output.resizing) as partial:
        resizing.to_csv(partial, index=False)


main()

"""Cut the segmented mosaic into tiles, in three separate parts."""

import logging

import numpy as np
import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError, check_phase, check_stated_pixel_size, write_stack
from rockrec.mosaics import open_mosaic, values_of
from rockrec.plain.windows import count_splits, split_windows
from rockrec.tiles import cut_tiles

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, output = snakemake.input.segmented, snakemake.output
    tiles, stated = snakemake.params.tiles, snakemake.params.mosaic
    phase, pixel_size_nm = stated["phase"], stated["pixel_size_nm"]
    window, size = tiles["window"], tiles["size"]
    with open_mosaic(path, threads=snakemake.threads) as mosaic:
        check_stated_pixel_size(path, mosaic.pixel_size_nm, pixel_size_nm)
        height, width = mosaic.shape
        if min(mosaic.shape) < window:
            raise ImageError(f"{path}: {height} x {width} px is smaller than a window, {window} px")
        check_phase(path, values_of(mosaic), phase)

        fractions = tiles["validation_fraction"], tiles["heldout_fraction"]
        windows = split_windows(height, width, window, tiles["stride"], *fractions)
        counts = count_splits(windows)
        log.info("%s windows: %s", len(windows), counts)
        if counts["heldout"] < 30:
            log.warning("only %d held-out windows: no verdict under 30", counts["heldout"])

        phase_fractions = []

        def watched(made):
            for tile in made:
                phase_fractions.append(float(tile.mean()))
                yield tile

        made = cut_tiles(mosaic, phase, windows, window, size, tiles["resize"], snakemake.threads)
        shape = len(windows), size, size
        write_stack(output.tiles, watched(made), pixel_size_nm * window / size, shape)

    table = pd.DataFrame(windows, columns=["row", "column", "split"])
    table["phase_fraction"] = np.array(phase_fractions)
    with written_whole(output.table) as partial:
        table.to_csv(partial, index=False)


main()

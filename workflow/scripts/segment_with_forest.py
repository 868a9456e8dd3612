"""Segment the denoised mosaic with a forest."""

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.mosaics import open_mosaic, read_contrast, write_mosaic
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.model import load_forest


@logged(snakemake)
def main():
    inputs, threads = snakemake.input, snakemake.threads
    keep_large_blocks()
    forest = load_forest(inputs.model)
    # Its own contrast, not that of the mosaic whose labels the forest was fitted to.
    contrast = read_contrast(inputs.contrast)
    forest.gray_range = (contrast.low, contrast.high)
    with open_mosaic(inputs.denoised, threads=threads) as mosaic:
        write_mosaic(
            snakemake.output.segmented,
            forest_bands(forest, mosaic, threads),
            snakemake.params.pixel_size_nm,
            mosaic.shape,
            np.uint8,
            threads,
        )


main()

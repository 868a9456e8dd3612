"""Denoise the raw mosaic with a bilateral filter."""

import logging

import numpy as np

from rockrec.denoise import denoised_bands
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.images import check_gray, check_stated_pixel_size
from rockrec.mosaics import (
    Histogram,
    measured_bands,
    open_mosaic,
    row_bands,
    write_contrast,
    write_mosaic,
)
from rockrec.plain.grid import Grid

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    keep_large_blocks()
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    grid = Grid(**params.grid) if params.grid else None
    path = list(inputs.mosaic) if grid else inputs.mosaic
    with open_mosaic(path, grid, snakemake.threads) as mosaic:
        log.info("%s: %d x %d px, %s", mosaic.path, *mosaic.shape, mosaic.dtype)
        check_stated_pixel_size(mosaic.path, mosaic.pixel_size_nm, params.pixel_size_nm)
        check_gray(
            mosaic.path,
            mosaic.shape,
            mosaic.dtype,
            at_least=2 * params.denoise["radius"] + 1,
            white_is_zero=mosaic.white_is_zero,
        )
        contrast = None
        if params.denoise["kernel"] == "skimage" or mosaic.dtype != np.uint8:
            raw = Histogram(mosaic.dtype)
            for band in row_bands(mosaic.shape[0]):
                raw.add(mosaic[band])
            contrast = raw.contrast()
            log.info("raw gray levels: %s", contrast)
        histogram = Histogram(mosaic.dtype)
        write_mosaic(
            output.denoised,
            measured_bands(denoised_bands(mosaic, **params.denoise, contrast=contrast), histogram),
            params.pixel_size_nm,
            mosaic.shape,
            mosaic.dtype,
            snakemake.threads,
            compression="zstd",
        )
        contrast = histogram.contrast()
        log.info("denoised gray levels: %s", contrast)
        contrast.check(mosaic.path)
        write_contrast(output.contrast, contrast)


main()

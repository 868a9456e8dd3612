"""Denoise the raw mosaic with a bilateral filter."""

import logging

from rockrec.denoise import denoise_mosaic
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.illumination import made_even
from rockrec.images import check_gray, check_stated_pixel_size
from rockrec.mosaics import open_mosaic, open_outside, write_contrast
from rockrec.mosaics.inspected import read_inspection
from rockrec.plain.grid import Grid

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    keep_large_blocks()
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    grid = Grid(**params.grid) if params.grid else None
    path = list(inputs.mosaic) if grid else inputs.mosaic
    with (
        open_mosaic(path, grid, snakemake.threads, of_gray=True) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        log.info("%s: %d x %d px, %s", mosaic.path, *mosaic.shape, mosaic.dtype)
        check_stated_pixel_size(mosaic, params.pixel_size_nm, snakemake.resources.trust)
        at_least = 2 * params.denoise["radius"] + 1
        check_gray(mosaic.path, mosaic.shape, mosaic.dtype, at_least, mosaic.white_is_zero)
        settings = dict(params.denoise)
        model, scale = settings.pop("illumination"), settings.pop("illumination_scale")
        even = made_even(mosaic, model, scale, outside)
        contrast = denoise_mosaic(
            *(even, output.denoised, params.pixel_size_nm, snakemake.threads, outside),
            levels=known_levels(inputs.get("inspection")) if even is mosaic else None,
            **settings,
        )
        write_contrast(output.contrast, contrast)


def known_levels(inspection):
    """Contrast and median of the rock as they were found; None for a mosaic that is made here."""
    found = read_inspection(inspection) if inspection else None
    return found and (found.contrast, found.median)


main()

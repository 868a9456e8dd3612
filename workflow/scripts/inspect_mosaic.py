"""Look at all pixels of a mosaic: what of it is rock, and what is outside."""

import logging
from contextlib import ExitStack

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.images import check_gray, check_mask_shape, check_stated_pixel_size
from rockrec.label_values import label_values
from rockrec.labels import open_labels
from rockrec.mosaics import open_mosaic, write_mosaic
from rockrec.mosaics.inspected import write_inspection
from rockrec.mosaics.inspection import inspect
from rockrec.plain.grid import Grid

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    pixel_size_nm = params.mosaic["pixel_size_nm"]
    grid = Grid(**params.grid) if params.grid else None
    path = list(inputs.mosaic) if grid else inputs.mosaic
    phase, threads = params.mosaic["phase"], snakemake.threads
    is_gray = phase is None
    with open_mosaic(path, grid, threads, of_gray=is_gray) as mosaic, ExitStack() as opened:
        check_stated_pixel_size(mosaic, pixel_size_nm, snakemake.resources.trust)
        if is_gray:
            check_gray(mosaic.path, mosaic.shape, mosaic.dtype, 1, mosaic.white_is_zero)
        else:
            count_values(mosaic, phase, params.outside["values"])
        if grid and mosaic.banner_rows:
            log.info("the lowest %d rows of each tile are a banner: left out", mosaic.banner_rows)
        masks = [opened.enter_context(open_labels(one)) for one in params.outside["masks"]]
        for mask in masks:
            check_mask_shape(mask.path, mask.shape, mosaic.shape)
        found, marks = inspect(
            mosaic,
            asked=params.outside["asked"],
            values=params.outside["values"],
            masks=masks,
            is_gray=is_gray,
            place=f"samples.{snakemake.wildcards.sample}",
        )
        write_mosaic(output.outside, marks, pixel_size_nm, mosaic.shape, np.uint8, threads)
    write_inspection(output.inspection, found)


def count_values(mosaic, phase, outside):
    """Tell the values of a segmented mosaic; refuse what is no labels, or lacks the phase."""
    named = snakemake.resources.classes  # as text: which are named changes no number
    classes = [int(value) for value in named.split("_") if value.isdecimal()]
    values = label_values(mosaic, classes, outside)
    log.info("%s: %s", mosaic.path, values.told())
    values.check_phase(phase, f"samples.{snakemake.wildcards.sample}.phase")


main()

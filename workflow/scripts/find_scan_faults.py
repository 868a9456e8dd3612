"""Find where the scan of a gray mosaic went wrong: seams, repeated lines, what is out of focus."""

import logging

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.progress import Progress
from rockrec.mosaics import open_mosaic, open_outside, write_mosaic
from rockrec.mosaics.inspected import read_inspection
from rockrec.mosaics.reading import row_bands
from rockrec.plain.grid import Grid
from rockrec.scan_faults.fault import drawn, told, write_faults
from rockrec.scan_faults.search import find_faults

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    grid = Grid(**params.grid) if params.grid else None
    path = list(inputs.mosaic) if grid else inputs.mosaic
    contrast = read_inspection(inputs.inspection).contrast
    with (
        open_mosaic(path, grid, snakemake.threads, of_gray=True) as mosaic,
        open_outside(inputs.outside, inputs.inspection) as outside,
    ):
        height, width = mosaic.shape
        progress = Progress("rows looked at", height)
        faults = find_faults(mosaic, contrast, outside, snakemake.threads, progress.report)
        for line in told(faults):
            log.warning("%s: %s", mosaic.path, line)
        if faults:
            log.warning(
                "%s lie in the mask %s: to leave them out, copy it to resources/ and name it in "
                "samples.%s.outside (mask)",
                *("they" if len(faults) > 1 else "it", output.mask, snakemake.wildcards.sample),
            )
        else:
            log.info("%s: no fault of the scan was found", mosaic.path)
        bands = (
            drawn(faults, rows, width).view(np.uint8) * np.uint8(255) for rows in row_bands(height)
        )
        write_mosaic(
            output.mask, bands, params.pixel_size_nm, (height, width), np.uint8, snakemake.threads
        )
    write_faults(output.faults, faults)


main()

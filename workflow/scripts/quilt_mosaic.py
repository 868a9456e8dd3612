"""Quilt a mosaic of any size from patches of the training tiles."""

from pathlib import Path

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size
from rockrec.mosaics import write_mosaic
from rockrec.quilting.job import name_of, quilter_of
from rockrec.quilting.mosaics import laid_bands


@logged(snakemake)
def main():
    inputs, params, method = snakemake.input, snakemake.params, dict(snakemake.params.method)
    height, width = method["draw"]
    sources = inputs.tiles, inputs.table
    quilter, _ = quilter_of(*sources, method, params.seed)
    # What is finished outlives a killed job, and is the upper part of a higher mosaic.
    shaping = method | {"draw": width}
    name = name_of(shaping, params.seed, [*sources, *inputs.code])
    progress, done, of_phase = Progress("quilt_mosaic", height), [], []

    def bands():
        for band in laid_bands(quilter, (height, width), Path(params.checkpoints, name)):
            done.append(len(band))
            of_phase.append(int(band.sum()))
            progress.report(sum(done))
            yield band

    pixel_size_nm = stack_pixel_size(inputs.tiles)
    write_mosaic(snakemake.output.mosaic, bands(), pixel_size_nm, (height, width), np.uint8)
    write_provenance(
        snakemake.output.provenance,
        inputs=sources,
        settings=dict(params.method),
        seed=params.seed,
        patch=quilter.patches.side,
        overlap=quilter.patches.overlap,
        lean=quilter.lean.tolist(),
        phase_fraction=sum(of_phase) / (height * width),
    )


main()

"""Quilt realisations from patches of the training tiles."""

from functools import partial
from pathlib import Path

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size, write_stack
from rockrec.quilting.balance import densities, tell_balance
from rockrec.quilting.finished import in_batches
from rockrec.quilting.job import name_of, quilter_of


@logged(snakemake)
def main():
    inputs, params, method = snakemake.input, snakemake.params, dict(snakemake.params.method)
    sources = inputs.tiles, inputs.table
    quilter, tiles = quilter_of(*sources, method, params.seed, snakemake.threads)

    # What is finished outlives a killed job, under a name that says what shaped it.
    n, size = method["realisations"], method["size"] or tiles.shape[1]
    shaping = {key: value for key, value in method.items() if key != "realisations"}
    name = name_of(shaping, params.seed, [*sources, *inputs.code])
    progress, seconds, found = Progress("quilt", n), [], []

    def images():
        make = partial(quilter.quilt, (size, size))
        for quilted in in_batches(Path(params.checkpoints, name), n, make):
            seconds.append(quilted.core_seconds)
            found.append(densities(quilted.image[None]))
            progress.report(len(seconds))
            yield quilted.image

    pixel_size_nm = stack_pixel_size(inputs.tiles)
    write_stack(snakemake.output.realisations, images(), pixel_size_nm, (n, size, size))
    tell_balance(np.array(found), densities(tiles))
    write_provenance(
        snakemake.output.provenance,
        inputs=sources,
        settings=dict(params.method),
        seed=params.seed,
        patch=quilter.patches.side,
        overlap=quilter.patches.overlap,
        lean=quilter.lean.tolist(),
        core_seconds_per_realisation=float(np.median(seconds)),
    )


main()

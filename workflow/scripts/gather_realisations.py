"""Put the annealed chunks of a method together, and say how near they came to their targets."""

import logging

import numpy as np

from rockrec.annealing import collected
from rockrec.annealing.finished import load_realisations
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size, write_stack

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    annealed = collected(one for chunk in inputs.chunks for one in load_realisations(chunk))
    n, converged = len(annealed.converged), int(annealed.converged.sum())
    for name, fits in annealed.fits.items():
        log.info(
            "fit of %s, mean squared error: median %.2g, worst %.2g",
            name,
            np.median(fits),
            fits.max(),
        )
    (log.info if converged == n else log.warning)(
        "%d of %d reached the stopping energy%s",
        converged,
        n,
        "" if converged == n else ": the others are the best met; more stages or moves come nearer",
    )
    write_stack(output.realisations, annealed.realisations, stack_pixel_size(inputs.tiles))
    with written_whole(output.history) as partial:
        annealed.history.to_csv(partial, index=False)
    write_provenance(
        output.provenance,
        inputs=[inputs.tiles, inputs.table],
        settings=dict(params.method),
        seed=params.seed,
        core_seconds_per_realisation=float(np.median(annealed.core_seconds)),
        converged=converged,
        fits={name: fits.tolist() for name, fits in annealed.fits.items()},
    )


main()

"""Put the annealed chunks of a method together, and say how near they came to their targets."""

import numpy as np

from rockrec.annealing import collected, tell_fits
from rockrec.annealing.finished import load_realisations
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import stack_pixel_size, write_stack


@logged(snakemake)
def main():
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    annealed = collected(one for chunk in inputs.chunks for one in load_realisations(chunk))
    converged = tell_fits(annealed)
    write_stack(output.realisations, annealed.realisations, stack_pixel_size(inputs.tiles))
    with written_whole(output.history) as partial:
        annealed.history.to_csv(partial, index=False)
    start = [inputs.start] if inputs.start else []
    write_provenance(
        output.provenance,
        inputs=[inputs.tiles, inputs.table, *start, *inputs.curves],
        settings=dict(params.method),
        seed=params.seed,
        core_seconds_per_realisation=float(np.median(annealed.core_seconds)),
        converged=converged,
        fits={name: fits.tolist() for name, fits in annealed.fits.items()},
    )


main()

"""Anneal realisations to the descriptors of training tiles."""

import logging
import time

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.annealing import anneal
from rockrec.descriptors import describe
from rockrec.images import read_stack, stack_pixel_size, write_stack
from rockrec.outputs import written_whole
from rockrec.provenance import write_provenance
from rockrec.seeds import seed_for

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, method = snakemake.input.tiles, dict(snakemake.params.method)
    method.pop("kind")
    functions, target, n = (method.pop(key) for key in ("targets", "target", "realisations"))
    seed = seed_for(snakemake.params.seed, *snakemake.wildcards)

    stack = read_stack(path)
    train = np.flatnonzero(pd.read_csv(snakemake.input.table)["split"] == "train")
    if target == "tile":
        # Each realisation has a training tile of its own, as long as there are enough.
        rng = np.random.default_rng(seed_for(seed, "targets"))
        drawn = rng.choice(train, n, replace=n > train.size)
        tiles = stack[drawn]
        targets = describe(tiles, functions, method["boundary"])
        fraction = tiles.mean(axis=(1, 2))
    else:
        tiles = stack[train]
        curves = describe(tiles, functions, method["boundary"])
        targets = {name: curve.mean(axis=0) for name, curve in curves.items()}
        fraction = float(tiles.mean())

    began = time.monotonic()
    annealed = anneal(
        targets,
        stack.shape[1:],
        fraction,
        n=n,
        seed=seed,
        threads=snakemake.threads,
        **method,
    )
    seconds = time.monotonic() - began
    for name, fits in annealed.fits.items():
        log.info("fit of %s, mean squared error: median %.2g, worst %.2g", name, *_range(fits))
    log.info("%d of %d converged", annealed.converged.sum(), n)
    write_stack(snakemake.output.realisations, annealed.realisations, stack_pixel_size(path))
    with written_whole(snakemake.output.history) as partial:
        annealed.history.to_csv(partial, index=False)
    write_provenance(
        snakemake.output.provenance,
        inputs=[path],
        settings=dict(snakemake.params.method),
        seed=seed,
        seconds=round(seconds, 3),
        seconds_per_realisation=seconds * min(snakemake.threads, n) / n,
        converged=int(annealed.converged.sum()),
        fits={name: [float(fit) for fit in fits] for name, fits in annealed.fits.items()},
    )


def _range(fits):
    return float(np.median(fits)), float(fits.max())


main()

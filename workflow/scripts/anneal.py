"""Anneal realisations to the descriptors of training tiles."""

import json
import logging
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.annealing import anneal_each, collected
from rockrec.annealing.finished import load_realisations, save_realisation
from rockrec.descriptors import describe
from rockrec.images import read_stack, stack_pixel_size, write_stack
from rockrec.outputs import written_whole
from rockrec.provenance import checksum, write_provenance
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

    # What is finished outlives a killed job, under a name that says what shaped it.
    shaping = [json.dumps(dict(snakemake.params.method), sort_keys=True), checksum(path), seed]
    folder = Path(snakemake.params.checkpoints, f"sa-{seed_for(0, *shaping):016x}")
    finished = load_realisations(folder)
    if finished:
        log.info("%d of %d realisations were finished before", len(finished), n)
    missing = sorted(set(range(n)) - {one.index for one in finished})
    began = time.monotonic()
    for realisation in anneal_each(
        targets,
        stack.shape[1:],
        fraction,
        n=n,
        seed=seed,
        indices=missing,
        threads=snakemake.threads,
        **method,
    ):
        save_realisation(folder, realisation)
        finished.append(realisation)
    seconds = time.monotonic() - began
    annealed = collected(finished)
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
        core_seconds_per_realisation=seconds * min(snakemake.threads, n) / max(len(missing), 1),
        converged=int(annealed.converged.sum()),
        fits={name: [float(fit) for fit in fits] for name, fits in annealed.fits.items()},
    )
    shutil.rmtree(folder, ignore_errors=True)


def _range(fits):
    return float(np.median(fits)), float(fits.max())


main()

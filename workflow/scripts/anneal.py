"""Anneal realisations, or one chunk of them, to the descriptors of training tiles."""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from rockrec.annealing import anneal_each
from rockrec.annealing.finished import Shelf, save_realisations
from rockrec.annealing.own_curves import read_curves
from rockrec.annealing.targets import targets_of
from rockrec.housekeeping.integrity import checksum
from rockrec.housekeeping.logbook import logged
from rockrec.images import read_stack, stack_pixel_size
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import training_windows

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, method = snakemake.input, snakemake.params, dict(snakemake.params.method)
    del method["kind"]
    n = method.pop("realisations")
    # What is finished outlives a killed job, under a name that says what shaped it: so more
    # realisations, or another number of jobs, cost only what is new.
    start_file = [inputs.start] if inputs.start else []
    shaping = [inputs.tiles, inputs.table, *start_file, *inputs.curves, *inputs.code]
    key = seed_for(params.seed, json.dumps(method, sort_keys=True), *map(checksum, shaping))
    shelf = Shelf(Path(params.checkpoints, f"sa-{key:016x}"))

    first, step = int(snakemake.wildcards.chunk) - 1, int(snakemake.wildcards.chunks)
    wanted = range(first, n, step)
    finished = shelf.take(wanted)
    if finished:
        log.info("%d of %d realisations were finished before", len(finished), len(wanted))
    missing = sorted(set(wanted) - {one.index for one in finished})
    if missing:
        stack = read_stack(inputs.tiles)
        table = pd.read_csv(inputs.table)
        train = training_windows(table["split"], method.pop("limit"), params.seed)
        size = method.pop("size") or stack.shape[1]
        start = method.pop("start")
        if start_file:
            start = np.asarray(read_stack(inputs.start))
        wanted_curves, target = method.pop("targets"), method.pop("target")
        if inputs.curves:
            files = dict(zip(wanted_curves, inputs.curves, strict=True))
            n_lags = stack.shape[1] // 2
            targets, fraction = read_curves(files, stack_pixel_size(inputs.tiles), n_lags)
        else:
            targets, fraction = targets_of(
                stack,
                train,
                wanted_curves,
                target=target,
                n=n,
                seed=params.seed,
                boundary=method["boundary"],
                start=start if start_file else None,
            )
        for realisation in anneal_each(
            targets,
            (size, size),
            fraction,
            n=n,
            seed=params.seed,
            indices=missing,
            start=start,
            threads=snakemake.threads,
            **method,
        ):
            shelf.keep(realisation)
            finished.append(realisation)
    save_realisations(snakemake.output[0], finished)


main()

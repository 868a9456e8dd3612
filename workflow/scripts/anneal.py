"""Anneal realisations, or one chunk of them, to the descriptors of training tiles."""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from rockrec.annealing import anneal_each
from rockrec.annealing.finished import Shelf, save_realisations
from rockrec.descriptors import describe
from rockrec.housekeeping.integrity import checksum
from rockrec.housekeeping.logbook import logged
from rockrec.images import read_stack
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
    shaping = [inputs.tiles, inputs.table, *inputs.code]
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
        names, target = method.pop("targets"), method.pop("target")
        drawn = _tiles_of(n, train, params.seed) if target == "tile" else train
        targets = describe(stack[drawn], names, method["boundary"])
        fraction = stack[drawn].mean(axis=(1, 2))
        if target == "mean":
            targets = {name: curves.mean(axis=0) for name, curves in targets.items()}
            fraction = fraction.mean()
        for realisation in anneal_each(
            targets,
            (size, size),
            fraction,
            n=n,
            seed=params.seed,
            indices=missing,
            threads=snakemake.threads,
            **method,
        ):
            shelf.keep(realisation)
            finished.append(realisation)
    save_realisations(snakemake.output[0], finished)


def _tiles_of(n: int, train: list[int], seed: int) -> np.ndarray:
    """A training tile for each realisation, its own as long as there are enough."""
    rng = np.random.default_rng(seed_for(seed, "targets"))
    rounds = -(-n // len(train))
    return np.concatenate([rng.permutation(train) for _ in range(rounds)])[:n]


main()

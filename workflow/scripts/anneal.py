"""Anneal realisations to the descriptors of training tiles."""

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.annealing import anneal
from rockrec.descriptors import describe
from rockrec.images import read_stack, stack_pixel_size, write_stack
from rockrec.outputs import written_whole
from rockrec.provenance import write_provenance
from rockrec.seeds import seed_for


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
        targets, fraction = describe(tiles, functions), tiles.mean(axis=(1, 2))
    else:
        tiles = stack[train]
        targets = {name: curves.mean(axis=0) for name, curves in describe(tiles, functions).items()}
        fraction = float(tiles.mean())

    annealed = anneal(targets, stack.shape[1:], fraction, n=n, seed=seed, **method)
    write_stack(snakemake.output.realisations, annealed.realisations, stack_pixel_size(path))
    with written_whole(snakemake.output.history) as partial:
        pd.DataFrame(annealed.history).to_csv(partial, index=False)
    write_provenance(
        snakemake.output.provenance,
        inputs=[path],
        settings=dict(snakemake.params.method),
        seed=seed,
        energies=[float(energy) for energy in annealed.energies],
    )


main()

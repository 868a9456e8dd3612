"""Train a network on the training tiles."""

import shutil

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.gans.augmentation import check_fabric
from rockrec.gans.batches import TileSubset
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.images import read_stack
from rockrec.outputs import written_whole
from rockrec.seeds import seed_for
from rockrec.threads import keep_large_blocks
from rockrec.windows import disjoint, training_windows


@logged(snakemake)
def main():
    keep_large_blocks()
    wildcards, resources = snakemake.wildcards, snakemake.resources
    stack = read_stack(snakemake.input.tiles)
    table = pd.read_csv(snakemake.input.table)
    split = table["split"].to_numpy()
    # Not the experiment's name: experiments that want the same network share one training.
    seed = seed_for(
        snakemake.params.seed, wildcards.sample, wildcards.method, wildcards.replicate, "train"
    )
    method = dict(snakemake.params.method)
    chosen = training_windows(split, method.pop("limit"), seed)
    corners = table.iloc[chosen]
    apart = disjoint(list(corners["row"]), list(corners["column"]), snakemake.params.window)
    settings = gan_settings(method)
    check_fabric(settings.shown_motions, stack[np.array(chosen)[apart]])
    files = train(
        TileSubset(stack, chosen),
        TileSubset(stack, np.flatnonzero(split == "validation")),
        settings,
        seed=seed,
        checkpoints=snakemake.params.checkpoints,
        device=resources.device,
        threads=snakemake.threads,
        checkpoint_seconds=resources.checkpoint_interval_s,
        log_seconds=resources.log_interval_s,
    )
    for made, output in (
        (files.model, snakemake.output.model),
        (files.history, snakemake.output.history),
        (files.strip, snakemake.output.strip),
    ):
        with written_whole(output) as partial:
            shutil.copyfile(made, partial)


main()

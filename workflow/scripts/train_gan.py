"""Train a network on the training tiles."""

import shutil

import numpy as np
import pandas as pd

from rockrec.fabric import check_fabric
from rockrec.gans.augmentation import shown_motions
from rockrec.gans.job import TrainingJob
from rockrec.gans.settings import gan_settings
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.images import read_stack
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import training_windows


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
    # The rock's fabric, however few of its windows are trained on.
    apart = np.flatnonzero((split == "train") & table["disjoint"])
    check_fabric(shown_motions(gan_settings(method)), stack[apart])
    job = TrainingJob(
        tiles=snakemake.input.tiles,
        training=list(chosen),
        validation=np.flatnonzero(split == "validation").tolist(),
        settings=method,
        seed=seed,
        checkpoints=snakemake.params.checkpoints,
        device=resources.device,
        threads=snakemake.threads,
        checkpoint_seconds=resources.checkpoint_interval_s,
        log_seconds=resources.log_interval_s,
        log_file=snakemake.log[0],
    )
    processes = resources.processes
    files = job.run() if processes == 1 else job.run_in_processes(processes)
    for made, output in (
        (files.model, snakemake.output.model),
        (files.history, snakemake.output.history),
        (files.strip, snakemake.output.strip),
    ):
        with written_whole(output) as partial:
            shutil.copyfile(made, partial)


main()

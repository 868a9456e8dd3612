"""Quilt realisations from patches of the training tiles."""

import json
import logging
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from rockrec.fabric import check_fabric
from rockrec.housekeeping.integrity import checksum
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import read_stack, stack_pixel_size, write_stack
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import training_windows
from rockrec.quilting import Quilter, patches_for
from rockrec.quilting.balance import densities, tell_balance
from rockrec.quilting.finished import in_batches
from rockrec.tiles import disjoint_tiles

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    inputs, params, method = snakemake.input, snakemake.params, dict(snakemake.params.method)
    stack, table = read_stack(inputs.tiles), pd.read_csv(inputs.table)
    # The rock's fabric and how far it reaches, however few of its windows are used.
    apart = stack[disjoint_tiles(table, "train")]
    check_fabric(method["augmentation"], apart)
    tiles = stack[training_windows(table["split"], method["limit"], params.seed)]
    patches = patches_for(apart, method["patch"], method["overlap"])
    quilter = Quilter(
        tiles,
        patches,
        seed=params.seed,
        augmentation=method["augmentation"],
        threads=snakemake.threads,
    )
    log.info(
        "patches of %d px that overlap by %d px; the choice leans by %.2g per pixel of the phase, "
        "%.2g per pair of unlike neighbours",
        *(patches.side, patches.overlap, *quilter.lean),
    )

    # What is finished outlives a killed job, under a name that says what shaped it.
    n, size = method["realisations"], method["size"] or stack.shape[1]
    shaping = {key: value for key, value in method.items() if key != "realisations"}
    made_from = map(checksum, [inputs.tiles, inputs.table, *inputs.code])
    key = seed_for(params.seed, json.dumps(shaping, sort_keys=True), *made_from)
    folder = Path(params.checkpoints, f"quilting-{key:016x}")
    progress, seconds, found = Progress("quilt", n), [], []

    def images():
        for quilted in in_batches(folder, n, partial(quilter.quilt, (size, size))):
            seconds.append(quilted.core_seconds)
            found.append(densities(quilted.image[None]))
            progress.report(len(seconds))
            yield quilted.image

    pixel_size_nm = stack_pixel_size(inputs.tiles)
    write_stack(snakemake.output.realisations, images(), pixel_size_nm, (n, size, size))
    tell_balance(np.array(found), densities(tiles))
    write_provenance(
        snakemake.output.provenance,
        inputs=[inputs.tiles, inputs.table],
        settings=dict(params.method),
        seed=params.seed,
        patch=patches.side,
        overlap=patches.overlap,
        lean=quilter.lean.tolist(),
        core_seconds_per_realisation=float(np.median(seconds)),
    )


main()

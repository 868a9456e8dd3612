"""Train one U-Net on the labels of several samples."""

from contextlib import ExitStack

import pandas as pd

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import use_threads
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.plain.seeds import seed_for
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.model import load_unet, save_unet
from rockrec.segmentation.teachers import joined_teachers
from rockrec.segmentation.training import train_unet

THREADS = 2  # whatever the cores: other sums would round otherwise


@logged(snakemake)
def main():
    use_threads(THREADS)
    params, initial = snakemake.params, snakemake.input.get("initial")
    with ExitStack() as opened:
        margin = max(params.unet["crop"], HALO)
        teachers = joined_teachers(opened, snakemake.input, params, margin, snakemake.threads)
        trained = train_unet(
            teachers.joined.fields(),
            classes=teachers.classes,
            gray_range=teachers.joined.gray_range,
            settings=UNetSettings(**params.unet),
            forest=ForestSettings(**params.forest),
            seed=seed_for(params.seed, snakemake.wildcards.model, "unet"),
            device=choose_device(snakemake.resources.device),
            initial=load_unet(initial) if initial else None,
            threads=snakemake.threads,
            pixel_size_nm=teachers.pixel_size_nm,
            bits=teachers.bits,
            whose=teachers.joined.whose(),
            checkpoints=params.checkpoints,
            checkpoint_seconds=snakemake.resources.checkpoint_interval_s,
        )
    save_unet(snakemake.output.model, trained.unet)
    for rows, output in (
        (trained.history, snakemake.output.history),
        (trained.scores, snakemake.output.scores),
    ):
        with written_whole(output) as partial:
            pd.DataFrame(rows).to_csv(partial, index=False)


main()

"""Fit one forest to the labels of several samples."""

from contextlib import ExitStack

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.seeds import seed_for
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.model import save_forest
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.teachers import joined_teachers


@logged(snakemake)
def main():
    params, threads = snakemake.params, snakemake.threads
    with ExitStack() as opened:
        teachers = joined_teachers(opened, snakemake.input, params, HALO, threads)
        trained = train_forest(
            teachers.joined.fields(),
            classes=teachers.classes,
            gray_range=teachers.joined.gray_range,
            settings=ForestSettings(**params.forest),
            seed=seed_for(params.seed, snakemake.wildcards.model, "forest"),
            threads=threads,
            pixel_size_nm=teachers.pixel_size_nm,
            bits=teachers.bits,
            whose=teachers.joined.whose(),
        )
    save_forest(snakemake.output.model, trained.forest)
    with written_whole(snakemake.output.scores) as partial:
        pd.DataFrame(trained.scores).to_csv(partial, index=False)


main()

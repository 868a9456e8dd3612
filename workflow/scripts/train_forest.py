"""Fit a forest to the labelled pixels of a mosaic."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.mosaics import open_mosaic, open_outside, read_contrast
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.seeds import seed_for
from rockrec.segmentation.annotations import annotated_fields, check_painted, files_of
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.model import save_forest
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.label_classes import LabelsError


@logged(snakemake)
def main():
    inputs, params, threads = snakemake.input, snakemake.params, snakemake.threads
    contrast = read_contrast(inputs.contrast)
    contrast.check(inputs.denoised)
    classes = {int(value): name for value, name in params.classes.items()}
    labels = params.labels, params.unlabelled, classes
    with (
        open_mosaic(inputs.denoised, threads=threads) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        fields = annotated_fields(mosaic, *labels, HALO, outside)
        key = f"samples.{snakemake.wildcards.sample}.phase"
        check_painted(fields, params.labels, classes, snakemake.resources.phase, key)
        try:
            trained = train_forest(
                fields,
                classes=classes,
                gray_range=(contrast.low, contrast.high),
                settings=ForestSettings(**params.forest),
                seed=seed_for(params.seed, snakemake.wildcards.sample, "forest"),
                threads=threads,
                pixel_size_nm=mosaic.pixel_size_nm,
                bits=8 * mosaic.dtype.itemsize,
            )
        except LabelsError as error:
            raise LabelsError(f"{files_of(params.labels)}: {error}") from error
    save_forest(snakemake.output.model, trained.forest)
    with written_whole(snakemake.output.scores) as partial:
        pd.DataFrame(trained.scores).to_csv(partial, index=False)


main()

"""Train a U-Net on the labelled pixels of a mosaic and on what a forest makes of them."""

from contextlib import contextmanager

import pandas as pd

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import use_threads
from rockrec.mosaics import open_mosaic, open_outside, read_contrast
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.plain.seeds import seed_for
from rockrec.segmentation.annotations import annotated_fields, check_painted, files_of
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.label_classes import LabelsError
from rockrec.segmentation.model import load_unet, save_unet
from rockrec.segmentation.training import InitialModelError, train_unet

# Of each network, whatever the cores that there are: other sums would round otherwise, and a run
# that is repeated elsewhere give another network. The networks learn side by side.
THREADS_OF_EACH = 1


@logged(snakemake)
def main():
    use_threads(THREADS_OF_EACH)
    contrast = read_contrast(snakemake.input.contrast)
    contrast.check(snakemake.input.denoised)
    initial = snakemake.input.get("initial")
    marks = snakemake.input.get("outside"), snakemake.input.get("inspection")
    params, classes = snakemake.params, class_names()
    labels, margin = (params.labels, params.unlabelled, classes), max(params.unet["crop"], HALO)
    with (
        open_mosaic(snakemake.input.denoised, threads=snakemake.threads) as mosaic,
        open_outside(*marks) as outside,
        named_files(),
    ):
        fields = annotated_fields(mosaic, *labels, margin, outside)
        key = f"samples.{snakemake.wildcards.sample}.phase"
        check_painted(fields, params.labels, classes, snakemake.resources.phase, key)
        trained = train_unet(
            fields,
            classes=classes,
            gray_range=(contrast.low, contrast.high),
            settings=UNetSettings(**params.unet),
            forest=ForestSettings(**params.forest),
            seed=seed_for(params.seed, snakemake.wildcards.sample, "unet"),
            device=choose_device(snakemake.resources.device),
            initial=load_unet(initial) if initial else None,
            threads=snakemake.threads,
            pixel_size_nm=mosaic.pixel_size_nm,
            bits=8 * mosaic.dtype.itemsize,
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


@contextmanager
def named_files():
    """Name the files in an error of what the labels hold together, or of where it starts from."""
    try:
        yield
    except LabelsError as error:
        raise LabelsError(f"{files_of(snakemake.params.labels)}: {error}") from error
    except InitialModelError as error:
        raise InitialModelError(f"{snakemake.input.initial} (unet.init_from): {error}") from error


def class_names() -> dict[int, str]:
    """Names by label value, whose quotes in the config do not matter."""
    return {int(value): name for value, name in snakemake.params.classes.items()}


main()

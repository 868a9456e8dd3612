"""Train a U-Net on the labelled pixels of a mosaic."""

from contextlib import contextmanager

import pandas as pd

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import use_threads
from rockrec.labels import open_labels, read_labels
from rockrec.mosaics import open_mosaic, open_outside, read_contrast
from rockrec.plain.seeds import seed_for
from rockrec.segmentation import (
    Field,
    InitialModelError,
    LabelsError,
    UNetSettings,
    fields_at,
    labelled_fields,
    load_unet,
    save_unet,
    train_unet,
)

# As many whatever the cores that there are: other sums would round otherwise, and a run that is
# repeated elsewhere give another network.
THREADS = 2


@logged(snakemake)
def main():
    use_threads(THREADS)
    contrast = read_contrast(snakemake.input.contrast)
    contrast.check(snakemake.input.denoised)
    initial = snakemake.input.get("initial")
    marks = snakemake.input.get("outside"), snakemake.input.get("inspection")
    with (
        open_mosaic(snakemake.input.denoised, threads=snakemake.threads) as mosaic,
        open_outside(*marks) as outside,
        named_files(),
    ):
        trained = train_unet(
            annotated_fields(mosaic, outside),
            mosaic.shape,
            classes=class_names(),
            gray_range=(contrast.low, contrast.high),
            settings=UNetSettings(**snakemake.params.unet),
            seed=seed_for(snakemake.params.seed, snakemake.wildcards.sample, "unet"),
            device=choose_device(snakemake.resources.device),
            initial=load_unet(initial) if initial else None,
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
        labels = snakemake.params.labels
        files = [labels] if isinstance(labels, str) else [one["file"] for one in labels]
        raise LabelsError(f"{', '.join(files)}: {error}") from error
    except InitialModelError as error:
        raise InitialModelError(f"{snakemake.input.initial} (unet.init_from): {error}") from error


def class_names() -> dict[int, str]:
    """Names by label value, whose quotes in the config do not matter."""
    return {int(value): name for value, name in snakemake.params.classes.items()}


def annotated_fields(mosaic, outside) -> list[Field]:
    """The places that one label image of the mosaic's size, or those of several fields, label."""
    labels, meaning = snakemake.params.labels, (snakemake.params.unlabelled, class_names())
    margin = snakemake.params.unet["crop"]
    if isinstance(labels, str):
        with open_labels(labels, *meaning) as image:
            return labelled_fields(mosaic, image, margin, outside)
    return fields_at(
        mosaic,
        [(read_labels(one["file"], *meaning), one["row"], one["column"]) for one in labels],
        margin,
        outside,
    )


main()

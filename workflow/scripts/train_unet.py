"""Train a U-Net on the labelled pixels of a mosaic."""

import logging
from contextlib import contextmanager

import numpy as np
import pandas as pd

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import use_threads
from rockrec.label_values import LabelValues
from rockrec.labels import open_labels, read_labels
from rockrec.mosaics import open_mosaic, open_outside, read_contrast
from rockrec.plain.seeds import seed_for
from rockrec.segmentation import (
    Field,
    InitialModelError,
    LabelsError,
    UNetSettings,
    fields_at,
    label_counts,
    labelled_fields,
    load_unet,
    save_unet,
    train_unet,
)

log = logging.getLogger(__name__)

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
        fields = annotated_fields(mosaic, outside)
        check_phase(fields)
        trained = train_unet(
            fields,
            mosaic.shape,
            classes=class_names(),
            gray_range=(contrast.low, contrast.high),
            settings=UNetSettings(**snakemake.params.unet),
            seed=seed_for(snakemake.params.seed, snakemake.wildcards.sample, "unet"),
            device=choose_device(snakemake.resources.device),
            initial=load_unet(initial) if initial else None,
            pixel_size_nm=mosaic.pixel_size_nm,
            bits=8 * mosaic.dtype.itemsize,
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
        raise LabelsError(f"{label_files()}: {error}") from error
    except InitialModelError as error:
        raise InitialModelError(f"{snakemake.input.initial} (unet.init_from): {error}") from error


def check_phase(fields):
    """Tell how often each label was painted; refuse a phase that none was painted for."""
    counts = label_counts(fields)
    counts[0] = 0  # not labelled
    painted = np.flatnonzero(counts)
    labels = LabelValues(label_files(), painted, counts[painted])
    log.info("%s: of %d labelled pixels %s", labels.path, counts.sum(), labels.told(class_names()))
    key = f"samples.{snakemake.wildcards.sample}.phase"
    labels.check_phase(snakemake.resources.phase, key)


def label_files() -> str:
    labels = snakemake.params.labels
    return labels if isinstance(labels, str) else ", ".join(one["file"] for one in labels)


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

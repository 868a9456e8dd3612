"""Mosaics and what is wanted of them: sizes, windows, and what does not fit."""

import os

from blocks import experiment_samples, for_sample
from rockrec.grid import Grid
from rockrec.windows import count_splits, split_windows

FEW_HELDOUT = 128
NO_VERDICT = 30


def mosaic_mistakes(settings: dict) -> list[str]:
    """Mosaics that cannot be read, or that are too small for what is wanted of them."""
    mistakes = []
    for name, sample in settings["samples"].items():
        try:
            shape = mosaic_shape(sample)
        except ValueError as error:
            mistakes.append(f"samples.{name}: {error}")
            continue
        if shape is None:
            continue
        largest = max(for_sample(settings["res"], name)["sizes"])
        if largest > min(shape):
            mistakes.append(
                f"res.sizes: {largest} px does not fit the mosaic of {name}, "
                f"{shape[0]} x {shape[1]} px"
            )
        for experiment in settings["experiments"]:
            if name in experiment_samples(settings, experiment):
                try:
                    count_windows(settings, experiment, name, shape)
                except ValueError as error:
                    mistakes.append(f"experiments.{experiment}.tiles: {name}: {error}")
    return mistakes


def advice(settings: dict) -> list[str]:
    """Return warnings about a config that runs but tells less than its user may expect.

    Mosaics whose size cannot be read here (no image library beside Snakemake, or the file is
    made by the run) are judged by the stage that cuts them.
    """
    lines = []
    for name in settings["experiments"]:
        for sample in experiment_samples(settings, name):
            shape = mosaic_shape(settings["samples"][sample])
            if shape:
                heldout = count_windows(settings, name, sample, shape)["heldout"]
                if heldout < FEW_HELDOUT:
                    verdict = "; no verdict under 30" if heldout < NO_VERDICT else ""
                    lines.append(
                        f"experiments.{name}: {sample} has {heldout} disjoint held-out windows, "
                        f"{FEW_HELDOUT} are wanted{verdict}"
                    )
    for sample, block in settings["samples"].items():
        shape = mosaic_shape(block)
        largest = max(for_sample(settings["res"], sample)["sizes"])
        if shape and largest > min(shape) / 3:
            lines.append(
                f"res.sizes: {largest} px is more than a third of the short side of {sample} "
                f"({min(shape)} px): its squares overlap, the RES is optimistic"
            )
    return lines


def mosaic_shape(sample: dict) -> tuple[int, int] | None:
    """Height and width of a sample's mosaic in px; None if it is to be fetched first, or where
    no image library is at hand.

    Raises ValueError if a file is no readable mosaic, or the labels are of another shape.
    """
    if "synthetic" in sample:
        return sample["height"], sample["width"]
    try:
        from rockrec.images import check_gray, check_stated_pixel_size
        from rockrec.mosaics import open_mosaic
    except ImportError:
        return None
    grid = Grid(**sample["grid"]) if sample.get("grid") else None
    path = sample.get("mosaic") or sample["segmented"]
    if sample.get("archive") and not os.path.exists(path):
        return None
    with open_mosaic(grid.paths(path) if grid else path, grid) as mosaic:
        check_stated_pixel_size(mosaic.path, mosaic.pixel_size_nm, sample["pixel_size_nm"])
        if "mosaic" in sample:
            check_gray(mosaic.path, mosaic.shape, mosaic.dtype, at_least=1)
        shape = mosaic.shape
    labels = sample.get("labels")
    if isinstance(labels, str) and labels.lower().endswith((".tif", ".tiff")):
        with open_mosaic(labels) as image:
            if image.shape != shape:
                raise ValueError(
                    f"{labels} has {image.shape[0]} x {image.shape[1]} px, "
                    f"{path} {shape[0]} x {shape[1]} px"
                )
    return shape


def count_windows(settings: dict, experiment: str, sample: str, shape: tuple) -> dict[str, int]:
    tiles = for_sample(settings["experiments"][experiment]["tiles"], sample)
    fractions = tiles["validation_fraction"], tiles["heldout_fraction"]
    return count_splits(split_windows(*shape, tiles["window"], tiles["stride"], *fractions))

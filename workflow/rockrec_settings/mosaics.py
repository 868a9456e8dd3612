"""Mosaics and what is wanted of them: sizes, windows, and what does not fit."""

import json
import os
from functools import cache

from rockrec.plain.grid import Grid
from rockrec.plain.records.doors import door_of, outside_of
from rockrec.plain.records.verdicts import FEWEST_TILES, WANTED_TILES
from rockrec.plain.windows import count_splits, split_windows
from rockrec_settings.blocks import experiment_samples, for_sample


def mosaic_mistakes(settings: dict) -> list[str]:
    """Mosaics that cannot be read, or that are too small for what is wanted of them."""
    mistakes = []
    for name, sample in settings["samples"].items():
        model = for_sample(settings["denoise"], name)["illumination"]
        if model == "tiles" and door_of(sample).is_gray and not sample.get("grid"):
            mistakes.append(f"denoise.illumination: tiles, but {name} has no grid; background")
        try:
            shape = mosaic_shape(sample)
        except ValueError as error:
            mistakes.append(f"samples.{name}: {error}")
            continue
        if shape is None:
            continue
        needed = 2 * for_sample(settings["denoise"], name)["radius"] + 1
        if door_of(sample).is_gray and needed > min(shape):
            mistakes.append(
                f"denoise.radius: {needed} px do not fit the mosaic of {name}, "
                f"{shape[0]} x {shape[1]} px"
            )
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


def advice(settings: dict, results: str | None = None) -> list[str]:
    """Return warnings about a config that runs but tells less than its user may expect.

    `results` is the folder in which an inspection may say what of the mosaics is rock, see
    `count_remaining`.

    Mosaics whose size cannot be read here (no image library beside Snakemake, or the file is
    made by the run) are judged by the stage that describes their tiles.
    """
    lines = []
    for name in settings["experiments"]:
        for sample in experiment_samples(settings, name):
            shape = mosaic_shape(settings["samples"][sample])
            if shape:
                counts, exact = count_remaining(settings, name, sample, shape, results)
                heldout, at_most = counts["heldout"], "" if exact else "at most "
                if heldout < WANTED_TILES:
                    verdict = f"; no verdict under {FEWEST_TILES}" if heldout < FEWEST_TILES else ""
                    lines.append(
                        f"experiments.{name}: {sample} has {at_most}{heldout} disjoint held-out "
                        f"windows, {WANTED_TILES} are wanted{verdict}"
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

    Raises ValueError if a file is no readable mosaic, or the labels do not fit it.
    """
    if door_of(sample).is_made:
        return sample["height"], sample["width"]
    files = sample_files(sample)
    if sample.get("archive") and not os.path.exists(files[0]):
        return None
    # A mosaic may be a thousand tiles, and is asked for by every job.
    states = tuple((file, os.stat(file).st_mtime_ns, os.stat(file).st_size) for file in files)
    return _shape_of(json.dumps(sample), states)


def sample_files(sample: dict) -> list[str]:
    """Return the files of a sample's mosaic, of its masks and of its labels."""
    labels = sample.get("labels") or []
    return inspected_inputs(sample) + (
        [labels] if isinstance(labels, str) else [one["file"] for one in labels]
    )


@cache
def _shape_of(described: str, states: tuple) -> tuple[int, int] | None:
    """The shape of the sample that a text describes, as long as its files are the same."""
    try:
        from rockrec.images import check_gray, check_lossless, check_stated_pixel_size
        from rockrec.mosaics import open_mosaic
    except ImportError:
        return None
    sample = json.loads(described)
    grid = Grid(**sample["grid"]) if sample.get("grid") else None
    door = door_of(sample)
    path = sample[door.name]
    stated = sample["pixel_size_nm"], sample["pixel_size_trust"]
    with open_mosaic(grid.paths(path) if grid else path, grid, of_gray=door.is_gray) as mosaic:
        check_stated_pixel_size(mosaic, *stated)
        if door.is_gray:
            check_gray(mosaic.path, mosaic.shape, mosaic.dtype, 1, mosaic.white_is_zero)
        else:
            check_lossless(mosaic.path, mosaic.lossy)
        shape = mosaic.shape
    _check_labels(sample, shape)
    _check_masks(sample, shape)
    return shape


def _check_masks(sample: dict, shape: tuple[int, int]) -> None:
    """Raise ValueError if a mask has another shape than the mosaic; PNG are left to the job."""
    from rockrec.images import check_mask_shape
    from rockrec.labels import open_labels

    for file in outside_of(sample).masks:
        if file.lower().endswith(".png"):  # it has to be decoded whole
            continue
        try:
            with open_labels(file) as mask:
                check_mask_shape(file, mask.shape, shape)
        except ImportError:  # no HDF5 beside Snakemake
            continue


def _check_labels(sample: dict, shape: tuple[int, int]) -> None:
    """Raise ValueError if label images do not fit the mosaic; PNG are left to the job."""
    from rockrec.images import check_stated_pixel_size
    from rockrec.labels import open_labels

    labels = sample.get("labels") or []
    whole = isinstance(labels, str)
    for field in [{"file": labels, "row": 0, "column": 0}] if whole else labels:
        file, corner = field["file"], (field["row"], field["column"])
        if file.lower().endswith(".png"):  # it has to be decoded whole
            continue
        try:
            with open_labels(file) as image:
                size = image.shape
                check_stated_pixel_size(image, sample["pixel_size_nm"], sample["pixel_size_trust"])
        except ImportError:  # no HDF5 beside Snakemake
            continue
        ends = [start + side for start, side in zip(corner, size, strict=True)]
        if (whole and size != shape) or any(e > side for e, side in zip(ends, shape, strict=True)):
            at = "" if whole else f" at row {corner[0]}, column {corner[1]}"
            raise ValueError(
                f"{file} has {size[0]} x {size[1]} px{at}, {sample['mosaic']} {shape[0]} x "
                f"{shape[1]} px"
            )


def count_windows(settings: dict, experiment: str, sample: str, shape: tuple) -> dict[str, int]:
    """Count the windows of a sample's parts, as if all of the mosaic were rock."""
    return count_splits(split_windows(*_laid(settings, experiment, sample, shape)))


def _laid(settings: dict, experiment: str, sample: str, shape: tuple) -> tuple:
    """How windows are laid over a mosaic."""
    tiles = for_sample(settings["experiments"][experiment]["tiles"], sample)
    fractions = tiles["validation_fraction"], tiles["heldout_fraction"]
    return (*shape, tiles["window"], tiles["stride"], *fractions)


def count_remaining(
    settings: dict, experiment: str, sample: str, shape: tuple, results: str | None
) -> tuple[dict[str, int], bool]:
    """Count the windows of rock alone; say whether so many will remain, or at most so many.

    Parameters
    ----------
    shape : of the mosaic, px.
    results : the folder in which an inspection of the mosaic may be; None not to look for it.
    """
    block, which = settings["samples"][sample], (settings, experiment, sample, shape)
    if door_of(block).is_made and not outside_of(block).asked:
        return count_windows(*which), True
    marks = inspected_files(block, sample, results) if results else None
    if marks is None:
        return count_windows(*which), False
    states = tuple(os.stat(path).st_mtime_ns for path in marks)
    inside = _count_inside(marks, states, _laid(*which))
    return inside or count_windows(*which), inside is not None


def inspected_files(block: dict, sample: str, results: str) -> tuple[str, str] | None:
    """Return the marks and the record of a mosaic's inspection; None if it is older than that."""
    found = tuple(
        f"{results}/{sample}/mosaic/{name}" for name in ("outside.tif", "inspection.json")
    )
    try:
        made = min(os.stat(path).st_mtime_ns for path in found)
        own = [] if door_of(block).is_made else inspected_inputs(block)
        changed = max((os.stat(path).st_mtime_ns for path in own), default=0)
    except OSError:
        return None
    return found if changed < made else None


def inspected_inputs(block: dict) -> list[str]:
    """Return the user's files that an inspection of a sample's mosaic looks at."""
    path = block[door_of(block).name]
    mosaic = Grid(**block["grid"]).paths(path) if block.get("grid") else [path]
    return mosaic + outside_of(block).masks


@cache
def _count_inside(marks: tuple[str, str], states: tuple, laid: tuple) -> dict[str, int] | None:
    """Count the windows that hold rock alone, as long as the marks are the same.

    None where that cannot be told: what is wrong with them, the job says that uses them.
    """
    try:
        from rockrec.mosaics import open_outside

        with open_outside(*marks) as outside:
            return count_splits(split_windows(*laid, outside))
    except (ImportError, OSError, ValueError):
        return None

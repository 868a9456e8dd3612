"""The facts that the report tells, gathered from the files of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from rockrec.plain.records.descriptors import DESCRIPTORS
from rockrec.precision.words import fraction_in_words, stationarity_in_words, windows_in_words

FORMS = {"pooled": "pooled", "per_image": "per-image"}


class Mosaic(NamedTuple):
    """A sample's mosaic: how it entered, its size and pixel, its labels, its phase, its scan."""

    sample: str
    door: str
    height: int
    width: int
    pixel_size_nm: float
    values: str
    trust: str
    phases: str = ""
    faults: Sequence[str] | None = None  # of the scan; None where none were looked for

    @property
    def extent(self) -> str:
        """Its size in words: ``2,048 x 4,096 px, 0.102 x 0.205 mm``."""
        sides = [side * self.pixel_size_nm / 1e6 for side in (self.height, self.width)]
        return (
            f"{self.height:,} x {self.width:,} px of {self.pixel_size_nm:g} nm, "
            f"{sides[0]:.3g} x {sides[1]:.3g} mm"
        )


def phases_in_words(door: str, phase: int, table: pd.DataFrame) -> str:
    """Say how much of a mosaic is of the phase, with and without what is masked.

    Parameters
    ----------
    table : as `rockrec.label_values.value_table` returns it. Where the mosaic was segmented here
        (not by the door ``segmented``), what is masked was not.
    """
    by_value = table.set_index("value")
    pixels, of_phase = by_value.sum(), by_value.reindex([phase], fill_value=0).loc[phase]
    rock, masked, of_rock = pixels["rock"], pixels["masked"], of_phase["rock"]
    said = f"phase fraction {of_rock / rock:.4f}"
    if rock < pixels.sum():
        said += f" of what is rock, {rock / pixels.sum():.1%} of the pixels"
    if masked and door == "segmented":
        both = (of_rock + of_phase["masked"]) / (rock + masked)
        said += f"; {both:.4f} with what is masked, {masked / pixels.sum():.1%}"
    elif masked:
        least, most = (of_rock / (rock + masked), (of_rock + masked) / (rock + masked))
        said += (
            f"; with what is masked, {masked / pixels.sum():.1%}, it would lie between "
            f"{least:.4f} and {most:.4f}"
        )
    return said


def doubt_in_words(told: Mapping, fields: int, table: Path) -> str:
    """Say how much of a mosaic a model doubts, and where it may be painted next.

    Parameters
    ----------
    told : as `rockrec.segmentation.confidence.Confidence.told` returns it.
    fields, table : how many are proposed, and the file that lists them.
    """
    said = (
        f"The class that a pixel is given has a probability below {told['below']:g} at "
        f"{told['doubtful']:.1%} of the pixels of rock, {told['mean']:.3f} on average"
    )
    if not fields:
        return f"{said}."
    return (
        f"{said}. Where it doubts most, {fields} fields are cut out, to be painted next "
        f"({table.parent.parent.name}/{table.parent.name}/{table.name})."
    )


def calibrated_in_words(told: Mapping, table: Path) -> str:
    """Say what the phase fraction of a mosaic is, and how well that is known.

    Parameters
    ----------
    told : as ``mosaic/phase_fraction.json`` holds it. table : the points that are proposed.
    """
    found, judged = told["found"], told["judged"]
    if judged is None:
        expected = ", ".join(f"{n:,} ± {half:.2g}" for n, half in told["expected"])
        return (
            f"The segmentation finds a phase fraction of {found:.4f}, of which strokes tell no "
            "interval. Points that are drawn at random and judged do: as far as the model doubts "
            f"justly, {expected} "
            f"({table.parent.parent.name}/{table.parent.name}/{table.name})."
        )
    value, low, high = (judged[name] for name in ("value", "low", "high"))
    within = "within" if low <= found <= high else "outside"
    return (
        f"Phase fraction {value:.4f}, 95 % interval {low:.4f} to {high:.4f}, from "
        f"{judged['points']:,} random points that were judged; the segmentation finds {found:.4f}, "
        f"{within} the interval."
    )


class Sureness(NamedTuple):
    """How sure a mosaic makes of its rock: sentences, and the table of wanted sizes."""

    fraction: str
    stationarity: Sequence[str]
    windows: str
    sizes: pd.DataFrame


def sureness(
    told: Mapping, sizes: pd.DataFrame, stationarity: pd.DataFrame, shortest: int
) -> Sureness:
    """Put the files of ``precision/`` into words; `shortest` is the mosaic's short side, px."""
    return Sureness(
        fraction_in_words(told, sizes),
        stationarity_in_words(stationarity),
        windows_in_words(sizes, shortest),
        sizes,
    )


class TileSet(NamedTuple):
    """The windows of one sample in one experiment.

    Counts by part (training windows may overlap, the others do not) and mean phase fractions.
    """

    experiment: str
    sample: str
    window: int
    size: int
    pixel_size_nm: float
    windows: int
    train: int
    validation: int
    heldout: int
    fraction_train: float
    fraction_heldout: float


def tile_set(
    experiment: str, sample: str, window: int, size: int, pixel_size_nm: float, table: pd.DataFrame
) -> TileSet:
    """Sum up an experiment's ``tiles.csv``; `pixel_size_nm` is that of the mosaic."""
    counts = table["split"].value_counts()
    fractions = table.groupby("split")["phase_fraction"].mean()
    return TileSet(
        experiment,
        sample,
        window,
        size,
        pixel_size_nm * window / size,
        len(table),
        *(int(counts.get(part, 0)) for part in ("train", "validation", "heldout")),
        *(float(fractions.get(part, float("nan"))) for part in ("train", "heldout")),
    )


def res_in_words(errors: pd.DataFrame, references: pd.DataFrame) -> list[str]:
    """Say each form's representative size, how sure it is, and which size it is relative to.

    Parameters
    ----------
    errors, references : the tables of ``res/errors.csv`` and ``res/references.csv``.
    """
    largest = errors["size_px"].max()
    sentences = []
    for form, lines in errors.groupby("form", sort=False):
        chosen = lines[lines["res"].astype(bool)]
        name = f"{FORMS[form]} {DESCRIPTORS[lines['descriptor'].iloc[0]].scaled}"
        relative = references[references["form"] == form]
        if relative["grows"].any():
            found = ", ".join(f"{size:.0f}" for size in relative["res_px"])
            tried = ", ".join(f"{size:.0f}" for size in relative["largest_px"])
            sentences.append(
                f"by {name}, none: it grows with the largest size tried ({found} px for {tried} px)"
            )
            continue
        last = relative.iloc[-1]
        told = (
            f"; between the sizes {last['res_px']:.0f} px, 95 % interval {last['low_px']:.0f} to "
            f"{last['high_px']:.0f} px, single draws {last['draws_low_px']:.0f} to "
            f"{last['draws_high_px']:.0f} px"
        )
        if chosen.empty:
            sentences.append(f"by {name}, no size up to {largest} px is representative")
        elif (size := chosen["size_px"].iloc[0]) == largest:
            sentences.append(f"by {name}, none below the largest, {largest} px{told}")
        else:
            microns = chosen["size_um"].iloc[0]
            sentences.append(
                f"by {name}, {size} px = {microns:.4g} µm, relative to {largest} px{told}"
            )
    return sentences

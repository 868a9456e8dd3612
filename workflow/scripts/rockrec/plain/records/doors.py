"""The doors by which a sample enters: the key of its block that names what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rockrec.plain.records.rocks import RockVariant
from rockrec.plain.records.settings import REQUIRED, Settings, altered, setting

USUAL_PIXELS = (0.5, 100_000.0)  # nm; others have to be confirmed


@dataclass(frozen=True, kw_only=True)
class Sample(Settings):
    """A rock."""

    pixel_size_nm: float = setting(REQUIRED, "Side of a mosaic pixel, nm.", above=0)
    pixel_size_trust: str = setting(
        "both",
        "Whose word counts for the pixel size - both (what the files state and pixel_size_nm have "
        "to agree), or config (pixel_size_nm, whatever the files state and however unusual it is; "
        "the report says so).",
        choices=("both", "config"),
    )
    phase: int = setting(
        1, "The label of the phase that is reconstructed against the rest.", minimum=1
    )


@dataclass(frozen=True, kw_only=True)
class GridSettings(Settings):
    """How the tiles of a mosaic lie."""

    rows: int = setting(REQUIRED, "Number of rows of tiles.", minimum=1, maximum=1000)
    columns: int = setting(REQUIRED, "Number of columns of tiles.", minimum=1, maximum=1000)
    overlap: int = setting(
        0, "Pixels that neighbouring tiles share; the seam lies in the middle.", minimum=0
    )
    first: int = setting(0, "Number of the first row and column in the file names.", minimum=0)


@dataclass(frozen=True, kw_only=True)
class LabelField(Settings):
    """A place in a mosaic that a label image of its own annotates."""

    file: str = setting(REQUIRED, "Path of the field's label image.")
    row: int = setting(REQUIRED, "Row of its first pixel in the mosaic, px.", minimum=0)
    column: int = setting(REQUIRED, "Column of its first pixel in the mosaic, px.", minimum=0)


@dataclass(frozen=True, kw_only=True)
class OutsideSettings(Settings):
    """What of a mosaic is no rock."""

    value: int | tuple[int, ...] | None = setting(
        None,
        "The value, or list of values, of pixels that are no rock - of a gray mosaic, areas of it "
        "that touch the border, rectangles, and areas of more than 0.5 % of the pixels.",
        minimum=0,
        maximum=65535,
        at_least=1,
    )
    mask: str | tuple[str, ...] | None = setting(
        None,
        "Path, or list of paths, of mask images of the mosaic's shape (TIFF, PNG, NumPy, HDF5; 0 "
        "where it is rock, one other value where it is none).",
        at_least=1,
    )


NOTHING_OUTSIDE = "none"


def _outside():
    return setting(
        None,
        "What is no rock and counts nowhere - a value of pixels (what was not scanned, say), the "
        "path of a mask image, or a block of both, value and mask; none if all is rock; null where "
        "it was not looked at yet. A run stops where it then seems that not all is rock.",
        minimum=0,
        maximum=65535,
    )


@dataclass(frozen=True, kw_only=True)
class RawSample(Sample):
    """A raw mosaic, to be denoised and segmented."""

    mosaic: str = setting(
        REQUIRED,
        "Path of the raw BSE mosaic (TIFF, 8 or 16 bit, one channel, 0 for black; of several "
        "images in a file the largest); with a grid the tiles' paths, with {row} and {column} for "
        "their numbers ({row:03} for 001, 002, ...).",
    )
    grid: GridSettings | None = setting(
        None,
        "How the tiles lie, if the mosaic is a folder of tiles of one size; null for one file.",
    )
    outside: int | str | OutsideSettings | None = _outside()
    labels: str | tuple[LabelField, ...] | None = setting(
        None,
        "Path of the sparse label image of the mosaic's shape (TIFF, PNG, NumPy, or HDF5 as "
        "ilastik exports it), or a list of annotated fields with their offsets in the mosaic; null "
        "where a model is given.",
        at_least=1,
    )
    unlabelled: int = setting(0, "The value of pixels that carry no label.", minimum=0, maximum=255)
    classes: dict[int, str] = setting(
        {},
        "Names of the classes by their label value; a label of no named class is refused. Empty "
        "for those that occur.",
    )
    model: str | None = setting(
        None,
        "A trained model that segments the mosaic, in place of labels - the path of a model.pt (of "
        "a forest, model.npz), or the name of the sample whose labels teach it, or of one under "
        "models; null to train one on the labels.",
    )
    points: str | None = setting(
        None,
        "Path of the table of points (mosaic/points.csv, copied) in which you gave each its label; "
        "the phase fraction then has an interval. Null where none were judged.",
    )


@dataclass(frozen=True, kw_only=True)
class Archive(Settings):
    """Where a mosaic is published."""

    page: str = setting(
        REQUIRED,
        "Address of the page that describes the data, named where a mosaic has to be placed by "
        "hand.",
    )
    url: str | None = setting(None, "Address of the file; null where only the page is known.")
    sha256: str | None = setting(
        None,
        "SHA-256 of that file; what has another is refused.",
        pattern="^[0-9a-fA-F]{64}$",
    )
    member: str | None = setting(
        None,
        "Name of the mosaic inside a ZIP or tar archive; null where the file is the TIFF itself.",
    )


@dataclass(frozen=True, kw_only=True)
class SegmentedSample(Sample):
    """A mosaic that is segmented already."""

    segmented: str = setting(
        REQUIRED,
        "Path of an already segmented mosaic (TIFF of 0/1, 0/255 or any label values, taken as "
        "they are stored).",
    )
    outside: int | str | OutsideSettings | None = _outside()
    classes: dict[int, str] = setting(
        {},
        "Names of its values; a value of no named class is refused. Empty for those that occur, "
        "which have to look like labels - a few whole numbers, not interpolated ones.",
    )
    archive: Archive | None = setting(
        None,
        "Where the mosaic is published, fetched if the file is not there (the file then lies in "
        "resources/) - page (for people), url and sha256 (of the file that is downloaded), member "
        "(the mosaic's name in a ZIP or tar archive); null for a mosaic of your own.",
    )
    phase: int = altered(
        Sample,
        "phase",
        description="The value of the phase that is reconstructed against the rest.",
        minimum=0,
    )


@dataclass(frozen=True, kw_only=True)
class SyntheticSample(Sample, RockVariant):
    """A rock that the run makes, with its labels."""

    synthetic: str = setting(
        REQUIRED,
        "The built-in rock - pores (of an altered feldspar rock, in grains) or fractures (the mesh "
        "of a serpentinite, a connected network).",
        choices=("pores", "fractures"),
    )
    height: int = setting(2048, "Height of the mosaic, px.", minimum=256, maximum=1_000_000)
    width: int = setting(4096, "Width of the mosaic, px.", minimum=256, maximum=1_000_000)
    phase: int = altered(
        Sample,
        "phase",
        description="The label of the phase that is reconstructed (1 = pores or fractures).",
        maximum=2,
    )


@dataclass(frozen=True)
class Door:
    """A way in.

    Attributes
    ----------
    name : the key of a sample that enters here; title : in words.
    settings : the block of such a sample.
    is_gray : it brings a gray mosaic, to be denoised and segmented.
    is_made : the mosaic, with its labels, is made by the run.
    """

    name: str
    title: str
    settings: type[Sample]
    is_gray: bool
    is_made: bool = False

    @property
    def brings_gray(self) -> bool:
        """Whether it is a gray mosaic of the user's own."""
        return self.is_gray and not self.is_made


DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        Door("mosaic", "a raw mosaic with labels", RawSample, is_gray=True),
        Door("segmented", "an already segmented mosaic", SegmentedSample, is_gray=False),
        Door("synthetic", "a built-in rock", SyntheticSample, is_gray=True, is_made=True),
    )
}


def door_of(sample: Mapping) -> Door:
    """Return the door of a sample, by its block in the config."""
    return next(door for name, door in DOORS.items() if name in sample)


class Outside(NamedTuple):
    """What a user says is outside: whether she said anything, the values, and paths of masks."""

    asked: bool
    values: list[int]
    masks: list[str]


def outside_of(sample: Mapping) -> Outside:
    """Return what of a sample's mosaic is outside, by its block in the config."""
    given = 0 if sample.get("rim") else sample.get("outside")  # a built-in rock's is 0
    if isinstance(given, str) and given.lower() == NOTHING_OUTSIDE:
        return Outside(True, [], [])
    if isinstance(given, str):
        given = {"mask": given}
    elif not isinstance(given, Mapping):
        given = {"value": given}
    values, masks = ([] if one is None else one for one in (given.get("value"), given.get("mask")))
    values = [values] if isinstance(values, int) else list(values)
    masks = [masks] if isinstance(masks, str) else list(masks)
    return Outside(bool(values or masks), values, masks)

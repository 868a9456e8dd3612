"""The doors by which a sample enters: the key of its block that names what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from rockrec.plain.records.rocks import RockVariant
from rockrec.plain.records.settings import REQUIRED, Settings, altered, setting


@dataclass(frozen=True, kw_only=True)
class Sample(Settings):
    """A rock."""

    pixel_size_nm: float = setting(REQUIRED, "Side of a mosaic pixel, nm.", above=0)
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
        "a forest, model.npz), or the name of the sample whose labels teach it; null to train one "
        "on the labels.",
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

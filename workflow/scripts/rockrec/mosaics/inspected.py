"""What an inspection of a mosaic found, as it is kept beside the marks of what is outside."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from rockrec.housekeeping.outputs import written_whole
from rockrec.mosaics.contrast import Contrast


@dataclass(frozen=True)
class Inspection:
    """What an inspection found.

    Attributes
    ----------
    height, width : of the mosaic, px.
    rock : pixels that are rock.
    outside : pixels that are not, by what makes them so.
    contrast, median : of the gray levels of the rock; None for a mosaic of labels.
    """

    height: int
    width: int
    rock: int
    outside: Mapping[str, int]
    contrast: Contrast | None = None
    median: int | None = None

    def __str__(self) -> str:
        pixels = self.height * self.width
        parts = [f"{what} {number / pixels:.2%}" for what, number in self.outside.items()]
        return f"{self.rock / pixels:.2%} of the pixels are rock; outside: {', '.join(parts)}"


def write_inspection(path: str | os.PathLike, inspection: Inspection) -> None:
    """Write what was found as JSON."""
    with written_whole(path) as partial:
        partial.write_text(json.dumps(asdict(inspection), indent=2) + "\n", encoding="utf-8")


def read_inspection(path: str | os.PathLike) -> Inspection:
    """Read what `write_inspection` wrote."""
    with open(path, encoding="utf-8") as file:
        stored = json.load(file)
    contrast = stored.pop("contrast")
    return Inspection(**stored, contrast=contrast and Contrast(**contrast))

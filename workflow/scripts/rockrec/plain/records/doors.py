"""The doors by which a sample enters: the key of its block that names what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """A way in.

    Attributes
    ----------
    name : the key of a sample that enters here; title : in words.
    is_gray : it brings a gray mosaic, to be denoised and segmented.
    is_made : the mosaic, with its labels, is made by the run.
    """

    name: str
    title: str
    is_gray: bool
    is_made: bool = False


DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        Door("mosaic", "a raw mosaic", is_gray=True),
        Door("segmented", "a segmented mosaic", is_gray=False),
        Door("synthetic", "a synthetic rock", is_gray=True, is_made=True),
    )
}


def door_of(sample: Mapping) -> Door:
    """Return the door of a sample, by its block in the config."""
    return next(door for name, door in DOORS.items() if name in sample)

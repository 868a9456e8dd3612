"""A stack of images that another tool made, compared like any method."""

from dataclasses import dataclass

from rockrec.plain.records.methods import Kind, Method
from rockrec.plain.records.settings import REQUIRED, constant, setting


@dataclass(frozen=True, kw_only=True)
class ExternalSettings(Method):
    """It is compared like any method."""

    kind: str = constant("external", "A stack of images that another tool made.")
    stack: str = setting(
        REQUIRED,
        "Path of a TIFF stack of binary images (0/1 or 0/255) of the experiment's tile size.",
    )


EXTERNAL = Kind(title="a stack made elsewhere", settings=ExternalSettings, is_external=True)

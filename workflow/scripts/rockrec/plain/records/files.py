"""Which files a figure or a table reads, told once for all samples and methods of a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Files:
    """Files of one name: one for each rock, scene, experiment or reconstruction that is concerned.

    Attributes
    ----------
    name : of the file, below the folder of each.
    of : ``rock`` (a sample), ``scene`` (a sample in an experiment), ``reconstruction`` (a
        replicate of a method there), or ``table`` (of an experiment; `name` is the table's).
    that : only those whose kind, or whose door, has this capability, e.g. ``is_network``.
    asked : only reconstructions whose method has this key, and not as 0 or empty.
    """

    name: str
    of: str
    that: str | None = None
    asked: str | None = None

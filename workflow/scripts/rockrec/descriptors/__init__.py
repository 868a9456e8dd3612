"""Statistical microstructure descriptors of binary images."""

from rockrec.descriptors.curves import (
    FUNCTIONS,
    NAMES,
    ORDER,
    chord_lengths,
    describe,
    describe_mosaic,
    origins,
    scaled,
)

__all__ = [
    "FUNCTIONS",
    "NAMES",
    "ORDER",
    "chord_lengths",
    "describe",
    "describe_mosaic",
    "origins",
    "scaled",
]

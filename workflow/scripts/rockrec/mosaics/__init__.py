"""Mosaics: images too large for memory, read and written block by block."""

from rockrec.mosaics.contrast import (
    Contrast,
    Histogram,
    contrast_of,
    gray_levels,
    read_contrast,
    write_contrast,
)
from rockrec.mosaics.outside import Outside, open_outside
from rockrec.mosaics.reading import Mosaic, open_mosaic, read_small, row_bands
from rockrec.mosaics.stitching import StitchedMosaic
from rockrec.mosaics.writing import write_mosaic

__all__ = [
    "Contrast",
    "Histogram",
    "Mosaic",
    "Outside",
    "StitchedMosaic",
    "contrast_of",
    "gray_levels",
    "open_mosaic",
    "open_outside",
    "read_contrast",
    "read_small",
    "row_bands",
    "write_contrast",
    "write_mosaic",
]

"""Mosaics: images too large for memory, read and written block by block."""

from rockrec.mosaics.contrast import (
    Contrast,
    Histogram,
    contrast_of,
    measured_bands,
    read_contrast,
    write_contrast,
)
from rockrec.mosaics.reading import Mosaic, StitchedMosaic, open_mosaic, read_small, row_bands
from rockrec.mosaics.writing import write_mosaic

__all__ = [
    "Contrast",
    "Histogram",
    "Mosaic",
    "StitchedMosaic",
    "contrast_of",
    "measured_bands",
    "open_mosaic",
    "read_contrast",
    "read_small",
    "row_bands",
    "write_contrast",
    "write_mosaic",
]

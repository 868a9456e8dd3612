"""Widths of the phase in a set of tiles, as lines of a table: local thickness and chords."""

import numpy as np
import pandas as pd

from rockrec.images import check_pixel_size
from rockrec.minkowski import binary_stack
from rockrec.transport.chords import chord_lengths
from rockrec.transport.thickness import local_thickness

COLUMNS = ("tile", "quantity", "width_px", "width_um", "weight")


def measure_widths(images: np.ndarray, pixel_size_nm: float) -> pd.DataFrame:
    """Local thickness and chord lengths of every tile.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.
    pixel_size_nm : side of a tile's pixel.

    Returns
    -------
    DataFrame, one line per width that a tile has
        ``tile`` (index in the stack), ``quantity`` (local_thickness, chord_x or chord_y),
        ``width_px``, ``width_um``, and ``weight``: of a thickness the pixels that have it, of a
        chord see `chord_lengths`. A tile that is all of the phase has no thickness.

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1 or the pixel size is not positive.
    """
    check_pixel_size(pixel_size_nm)
    lines = [
        (number, quantity, width, weight)
        for number, tile in enumerate(binary_stack(images))
        for quantity, widths, weights in _of_tile(tile)
        for width, weight in zip(widths, weights, strict=True)
    ]
    table = pd.DataFrame(lines, columns=["tile", "quantity", "width_px", "weight"])
    table["width_um"] = table["width_px"] * (pixel_size_nm / 1000)
    return table[list(COLUMNS)]


def _of_tile(tile: np.ndarray):
    thickness = local_thickness(tile)
    yield "local_thickness", *np.unique(thickness[thickness > 0], return_counts=True)
    for axis in ("x", "y"):
        lengths, often = chord_lengths(tile, axis)
        yield f"chord_{axis}", lengths[often > 0], often[often > 0]

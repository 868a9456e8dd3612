"""Label analysis of binary tiles: pores one by one, and percolation. Pores are 8-connected."""

import numpy as np
import pandas as pd
from skimage import measure

from rockrec.minkowski import binary_stack

SMALLEST_ORIENTED_AREA = 10  # px; smaller pores are too coarse to have a direction
LEAST_ORIENTED_ELONGATION = 1.2  # major / minor axis; rounder pores have no direction
COLUMNS = (
    "tile",
    "area_px",
    "area_um2",
    "orientation_deg",
    "elongation",
    "touches_border",
)
PIXEL_VARIANCE = 1 / 12  # of a unit square about its centre, px²
EIGHT_CONNECTED = 2


def label_pores(image: np.ndarray) -> np.ndarray:
    """Number the pores of a 0/1 image (H, W) from 1; 0 is the other phase."""
    return measure.label(image, connectivity=EIGHT_CONNECTED)


def percolates(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether a pore crosses each tile in x (left to right) and in y (top to bottom).

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    Two (n,) bool, of x and of y. Their means are the shares of tiles that percolate.

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    labels = [label_pores(tile) for tile in binary_stack(images)]
    along_x = [_in_common(tile[:, 0], tile[:, -1]) for tile in labels]
    along_y = [_in_common(tile[0], tile[-1]) for tile in labels]
    return np.array(along_x, dtype=bool), np.array(along_y, dtype=bool)


def measure_pores(
    images: np.ndarray, pixel_size_nm: float, drop_border: bool = False
) -> pd.DataFrame:
    """Area, orientation and elongation of every pore of every tile.

    The axes are those of the ellipse with the pore's second moments, its pixels counted as
    unit squares.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.
    pixel_size_nm : side of a tile's pixel.
    drop_border : leave out the pores that the tile's frame cuts.

    Returns
    -------
    DataFrame, one line per pore
        ``tile`` (index in the stack), ``area_px``, ``area_um2``, ``orientation_deg`` (angle
        of the major axis from the horizontal, counter-clockwise positive, in (-90, 90]; NaN
        for pores under 10 px or with an elongation under 1.2), ``elongation`` (major over
        minor axis), ``touches_border``.

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1 or the pixel size is not positive.
    """
    if not (np.isfinite(pixel_size_nm) and pixel_size_nm > 0):
        raise ValueError(f"pixel_size_nm must be a positive number, got {pixel_size_nm}")
    stack = binary_stack(images)
    tables = [_pores_of_tile(tile) for tile in stack]
    lengths = [len(table) for table in tables]
    pores = pd.concat(tables, ignore_index=True) if tables else _pores_of_tile(np.zeros((1, 1)))
    pores["tile"] = np.repeat(np.arange(len(tables)), lengths)
    pores["area_um2"] = pores["area_px"] * (pixel_size_nm / 1000) ** 2
    if drop_border:
        pores = pores[~pores["touches_border"]].reset_index(drop=True)
    return pores[list(COLUMNS)]


def _pores_of_tile(tile: np.ndarray) -> pd.DataFrame:
    height, width = tile.shape
    labels = label_pores(tile)
    properties = ("area", "bbox", "orientation", "axis_major_length", "axis_minor_length")
    found = measure.regionprops_table(labels, properties=properties)
    area = found["area"].astype(np.int64)
    elongation = np.sqrt(
        _variance(found["axis_major_length"]) / _variance(found["axis_minor_length"])
    )
    orientation = _from_horizontal(np.degrees(found["orientation"]))
    oriented = (area >= SMALLEST_ORIENTED_AREA) & (elongation >= LEAST_ORIENTED_ELONGATION)
    touches = (
        (found["bbox-0"] == 0)
        | (found["bbox-1"] == 0)
        | (found["bbox-2"] == height)
        | (found["bbox-3"] == width)
    )
    return pd.DataFrame(
        {
            "area_px": area,
            "orientation_deg": np.where(oriented, orientation, np.nan),
            "elongation": elongation,
            "touches_border": touches,
        }
    )


def _in_common(one_side: np.ndarray, other_side: np.ndarray) -> bool:
    """Whether a pore touches both sides of a tile (label 0 is no pore)."""
    return bool(np.intersect1d(one_side[one_side > 0], other_side).size)


def _variance(axis_length: np.ndarray) -> np.ndarray:
    """Second moment along an axis: scikit-image's of the pixel centres, plus a pixel's own."""
    return (axis_length / 4) ** 2 + PIXEL_VARIANCE


def _from_horizontal(from_rows: np.ndarray) -> np.ndarray:
    """Turn scikit-image's angle from the row axis, in [-90, 90], to one from the horizontal."""
    angle = np.where(from_rows > 0, from_rows - 90, from_rows + 90)
    return np.where(angle <= -90, 90.0, angle)  # a positive angle below the last digit

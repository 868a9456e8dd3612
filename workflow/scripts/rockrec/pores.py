"""Pores one by one: label analysis of binary tiles, and the scalars that count a whole tile.

Pores are 8-connected. A tile is seen alone: what lies outside it counts as no pore for the
Euler number, and its frame is no part of the perimeter.
"""

import numpy as np
import pandas as pd
from skimage import measure

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


def euler_number(images: np.ndarray) -> np.ndarray:
    """Number of pores minus number of holes of each tile, 8-connected.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    (n,) int64

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    stack = _binary_stack(images)
    numbers = [measure.euler_number(tile, connectivity=EIGHT_CONNECTED) for tile in stack]
    return np.array(numbers, dtype=np.int64)


def perimeter(images: np.ndarray) -> np.ndarray:
    """Specific perimeter of each tile: boundary length over area [px per px²].

    Crofton's formula with four directions (scikit-image). Only the boundary between the two
    phases counts: phase and complement share it, and what they do not share is the frame.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    (n,) float64

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    stack = _binary_stack(images)
    height, width = stack.shape[1:]
    frame = measure.perimeter_crofton(np.ones((height, width), dtype=bool), directions=4)
    lengths = [
        (measure.perimeter_crofton(tile, 4) + measure.perimeter_crofton(~tile, 4) - frame) / 2
        for tile in stack
    ]
    return np.array(lengths, dtype=np.float64) / (height * width)


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
    stack = _binary_stack(images)
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
    labels = measure.label(tile, connectivity=EIGHT_CONNECTED)
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


def _variance(axis_length: np.ndarray) -> np.ndarray:
    """Second moment along an axis: scikit-image's of the pixel centres, plus a pixel's own."""
    return (axis_length / 4) ** 2 + PIXEL_VARIANCE


def _from_horizontal(from_rows: np.ndarray) -> np.ndarray:
    """Turn scikit-image's angle from the row axis, in [-90, 90], to one from the horizontal."""
    angle = np.where(from_rows > 0, from_rows - 90, from_rows + 90)
    return np.where(angle <= -90, 90.0, angle)  # a positive angle below the last digit


def _binary_stack(images: np.ndarray) -> np.ndarray:
    stack = np.asarray(images)
    if stack.ndim != 3:
        raise ValueError(f"expected a stack of tiles (n, H, W), got shape {stack.shape}")
    if stack.dtype != bool and not np.isin(stack, (0, 1)).all():
        values = np.unique(stack)
        raise ValueError(f"expected tiles of 0 and 1, got values {values[:5].tolist()}")
    return stack.astype(bool, copy=False)

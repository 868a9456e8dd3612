"""Mosaics that methods drew: the whole in small, and a part of it pixel by pixel."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rockrec.figures.style import PAGE_WIDTH, panel_letters, row_height, styled
from rockrec.figures.tile_images import draw_scale_bar, draw_tile
from rockrec.plain.records.colours import VERMILLION


@dataclass(frozen=True)
class Drawn:
    """A mosaic in small (uint8 0/1), its shape [px], and a square of it with its corner."""

    small: np.ndarray
    shape: tuple[int, int]
    part: np.ndarray
    corner: tuple[int, int]
    pixel_size_nm: float


@styled
def plot_mosaics(mosaics: Mapping[str, Drawn]) -> Figure:
    """Show each mosaic, at least one, beside a part of it that is framed in the whole."""
    height = row_height(len(mosaics), PAGE_WIDTH / 2, least=1.5)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(mosaics)))
    grid = figure.subplots(len(mosaics), 2, squeeze=False)
    letters = panel_letters()
    for (whole, part), (label, drawn) in zip(grid, mosaics.items(), strict=True):
        draw_tile(whole, drawn.small)
        factor = drawn.shape[0] / len(drawn.small)
        corner, side = [place / factor - 0.5 for place in drawn.corner], len(drawn.part)
        frame = Rectangle(corner[::-1], side / factor, side / factor, fill=False)
        frame.set(edgecolor=VERMILLION, linewidth=1)
        whole.add_patch(frame)
        whole.set_title(f"{next(letters)} {label}: {drawn.shape[0]} × {drawn.shape[1]} px")
        draw_tile(part, drawn.part)
        draw_scale_bar(part, side, drawn.pixel_size_nm, 0.07)
        part.set_title(f"{next(letters)} row {drawn.corner[0]}, column {drawn.corner[1]}")
    return figure

"""Tiles as pictures: the phase of interest white, with a bar that gives the scale."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from rockrec.figures.style import round_length


@dataclass(frozen=True)
class Tiles:
    """A stack of tiles (n, s, s) uint8 0/1 and the side of their pixel."""

    images: np.ndarray
    pixel_size_nm: float


def draw_tile(axes: Axes, image: np.ndarray) -> None:
    """Draw a binary image without axes: 1 white, 0 black."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    hide_frame(axes)


def hide_frame(axes: Axes) -> None:
    """Leave of `axes` only what is drawn in them, and their labels."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def draw_scale_bar(axes: Axes, size: int, pixel_size_nm: float, height: float) -> None:
    """Draw a bar of a round length on a white ground, `height` of the tile, lower right."""
    micrometres = round_length(0.45 * size * pixel_size_nm / 1000)
    length = micrometres / pixel_size_nm * 1000
    right, bottom = 0.95 * size, 0.97 * size
    ground = (right - length - 0.03 * size, bottom - height * size)
    axes.add_patch(
        Rectangle(
            ground,
            length + 0.06 * size,
            height * size,
            facecolor="white",
            edgecolor="black",
            linewidth=0.4,
        )
    )
    bar = bottom - 0.2 * height * size
    axes.plot([right - length, right], [bar, bar], "k", linewidth=2, solid_capstyle="butt")
    axes.annotate(
        f"{micrometres:g} µm",
        (right - length / 2, bar),
        (0, 2),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=5.5,
    )

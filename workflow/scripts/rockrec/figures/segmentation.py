"""Segmented mosaics over their gray image, for the eye to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.patheffects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rockrec.figures.style import (
    PAGE_WIDTH,
    missing,
    panel_letters,
    round_length,
    row_height,
    styled,
)
from rockrec.plain.records.colours import SKY, VERMILLION
from rockrec.scan_faults.fault import Fault

TINT = 0.65  # of the phase in the overview


@dataclass(frozen=True)
class Field:
    """A square of the mosaic at full resolution: where, its gray levels, and the phase (bool).

    `outside` is what of it is no rock (bool); None where all is.
    """

    row: int
    column: int
    gray: np.ndarray
    phase: np.ndarray
    outside: np.ndarray | None = None


@dataclass(frozen=True)
class Segmented:
    """A mosaic in small with the phase (bool), a few fields of it, and how to show them.

    `shape` is that of the whole mosaic (px), `gray_range` what is shown as black and white,
    `outside` what of the mosaic in small is no rock (bool), `faults` those of its scan.
    """

    shape: tuple[int, int]
    gray: np.ndarray
    phase: np.ndarray
    fields: list[Field]
    gray_range: tuple[float, float]
    pixel_size_nm: float
    outside: np.ndarray | None = None
    faults: Sequence[Fault] = ()


def field_corners(shape: tuple[int, int], n: int, side: int) -> list[tuple[int, int]]:
    """Corners of `n` squares spread along the longer axis, in the middle of the shorter."""
    along = int(shape[1] >= shape[0])
    corners = []
    for i in range(n):
        middle = [shape[0] // 2, shape[1] // 2]
        middle[along] = round((i + 0.5) * shape[along] / n)
        corner = (min(max(m - side // 2, 0), s - side) for m, s in zip(middle, shape, strict=True))
        corners.append(tuple(corner))
    return corners


@styled
def plot_segmentation(samples: Mapping[str, Segmented]) -> Figure:
    """Show each mosaic with the phase tinted, and fields at full resolution with its outline."""
    if not samples:
        return missing("Segmentation", ["no sample was segmented here"])
    height = row_height(len(samples), 4.0, least=2.0)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(samples)))
    blocks = figure.subfigures(len(samples), 1, squeeze=False)[:, 0]
    letters = panel_letters()
    for block, (sample, shown) in zip(blocks, samples.items(), strict=True):
        n = len(shown.fields)
        grid = block.add_gridspec(2, n, height_ratios=(1, 1.25))
        overview = block.add_subplot(grid[0, :])
        _draw_overview(overview, shown)
        overview.set_title(f"{next(letters)} {sample}: {shown.shape[0]} × {shown.shape[1]} px")
        for i, field in enumerate(shown.fields):
            axes = block.add_subplot(grid[1, i])
            _draw_field(axes, field, shown)
            axes.set_title(f"{next(letters)} row {field.row}, column {field.column}")
    return figure


def _draw_overview(axes: Axes, shown: Segmented) -> None:
    low, high = shown.gray_range
    gray = np.clip((shown.gray.astype(np.float32) - low) / max(high - low, 1), 0, 1)
    picture = np.repeat(gray[..., None], 3, axis=2)
    colour = np.array([int(VERMILLION[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)
    picture[shown.phase] = (1 - TINT) * picture[shown.phase] + TINT * colour
    height, width = shown.shape
    axes.imshow(picture, extent=(0, width, height, 0), interpolation="nearest")
    _hatch(axes, shown.outside, (width, height))
    for field in shown.fields:
        side = len(field.gray)
        axes.add_patch(
            Rectangle((field.column, field.row), side, side, fill=False, color="white", lw=0.8)
        )
    for fault in shown.faults:
        corner = fault.left, fault.top
        sides = fault.right - fault.left, fault.bottom - fault.top
        axes.add_patch(Rectangle(corner, *sides, fill=False, color=SKY, lw=0.8))
    if shown.faults:
        axes.plot([], [], color=SKY, lw=0.8, label="fault of the scan")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_axis_off()


def _draw_field(axes: Axes, field: Field, shown: Segmented) -> None:
    low, high = shown.gray_range
    side = len(field.gray)
    axes.imshow(field.gray, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    if field.phase.any() and not field.phase.all():
        axes.contour(field.phase, [0.5], colors=VERMILLION, linewidths=0.6)
    _hatch(axes, field.outside, (side, side))
    bar_um = round_length(side * shown.pixel_size_nm / 1000 / 3)
    bar = bar_um * 1000 / shown.pixel_size_nm
    halo = [matplotlib.patheffects.withStroke(linewidth=1.8, foreground="black")]
    style = {"color": "white", "path_effects": halo}
    axes.plot([side * 0.05, side * 0.05 + bar], [side * 0.94] * 2, linewidth=1.2, **style)
    axes.text(side * 0.05, side * 0.91, f"{bar_um:g} µm", fontsize=6.5, **style)
    axes.set_axis_off()


def _hatch(axes: Axes, outside: np.ndarray | None, size: tuple[int, int]) -> None:
    """Hatch what is no rock in a picture that is `size` (width, height) large."""
    if outside is None or not outside.any():
        return
    height, width = outside.shape
    x = (np.arange(width) + 0.5) * size[0] / width
    y = (np.arange(height) + 0.5) * size[1] / height
    with mpl.rc_context({"hatch.color": "white", "hatch.linewidth": 0.4}):
        axes.contourf(x, y, outside, [0.5, 1.5], colors=[(0, 0, 0, 0.55)], hatches=["/////"])

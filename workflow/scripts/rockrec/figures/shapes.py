"""Figure 1: what the descriptors look for, drawn on a real tile of each sample."""

from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib.patheffects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rockrec.descriptors.polytopes import POLYTOPES, vertex_offsets
from rockrec.figures.style import (
    BLACK,
    DESCRIPTOR_COLOURS,
    PAGE_WIDTH,
    descriptor_name,
    micrometre_axis,
    missing,
    panel_letters,
    styled,
)
from rockrec.figures.tile_images import Tiles

# What is drawn, the largest first: it finds a place the hardest.
SHAPES = {
    "P6": "hexagon",
    "P4": "square",
    "P3H": "triangle with a horizontal edge",
    "P3V": "triangle with a vertical edge",
    "L": "line wholly in the phase",
    "S2H": "two points of a row",
    "S2V": "two points of a column",
}
LEGEND = ("S2H", "S2V", "P3H", "P3V", "P4", "P6", "L")
LARGEST_EDGE = 1 / 5  # of the tile's side
SAMPLES_PER_ROW = 3
MARGIN = 2  # px between two shapes
FRAME = 2  # px between a shape and the frame of the tile


@dataclass(frozen=True)
class Placed:
    """A shape on a tile: its edge r in px, its vertices (v, 2), and which lie in the phase."""

    edge: int
    vertices: np.ndarray
    inside: np.ndarray


@styled
def plot_shapes(samples: Mapping[str, Tiles]) -> Figure:
    """Draw each descriptor's shape once on the tile whose phase fraction is nearest the mean.

    A shape stands where all its vertices lie in the phase of interest, if there is such a place
    for an edge of at least half the largest (for L, any): those are the origins that its
    function counts. Elsewhere it stands where most do.

    Parameters
    ----------
    samples : real tiles by sample.
    """
    if not samples:
        return missing("Descriptors on a real tile", ["no sample has tiles"])
    columns = min(len(samples), SAMPLES_PER_ROW)
    rows = -(-len(samples) // columns)
    beside = columns == 1  # the legend
    side = 4.2 if beside else PAGE_WIDTH / columns
    figure = Figure(figsize=(PAGE_WIDTH, rows * side + (0 if beside else 0.7)))
    grid = figure.subplots(rows, columns, squeeze=False)
    letters = panel_letters()
    for axes in grid.flat[len(samples) :]:
        axes.set_axis_off()
    for axes, (sample, tiles) in zip(grid.flat, samples.items(), strict=False):
        fractions = tiles.images.mean(axis=(1, 2))
        tile = tiles.images[np.abs(fractions - fractions.mean()).argmin()]
        _draw_on(axes, np.asarray(tile))
        axes.set_title(f"{next(letters)} {sample}")
        axes.set_xlabel("x [px]")
        axes.set_ylabel("y [px]")
        micrometre_axis(axes, tiles.pixel_size_nm / 1000, "x [µm]")
    where = "outside right center" if beside else "outside lower center"
    figure.legend(handles=_legend(), loc=where, ncols=1 if beside else 3)
    return figure


def place_shapes(image: np.ndarray) -> dict[str, Placed]:
    """Find a place on a binary tile for every shape, apart from one another.

    A shape that fits nowhere beside the others is left out.
    """
    largest = max(round(LARGEST_EDGE * min(image.shape)), 2)
    taken = np.ones(image.shape, dtype=bool)  # the frame, so that no shape touches it
    taken[FRAME:-FRAME, FRAME:-FRAME] = False
    placed = {}
    for name in SHAPES:
        centres = [shape.vertices.mean(axis=0) for shape in placed.values()]
        smallest = 1 if name == "L" else largest // 2
        best = None
        for edge in range(largest, smallest - 1, -1):
            found = _place(image, name, edge, taken, centres)
            if found is not None and (best is None or found.inside.mean() > best.inside.mean()):
                best = found
            if best is not None and best.inside.all():
                break
        if best is not None:
            placed[name] = best
            top, left = np.maximum(best.vertices.min(axis=0) - MARGIN, 0)
            bottom, right = best.vertices.max(axis=0) + MARGIN + 1
            taken[top:bottom, left:right] = True
    return placed


def _offsets(name: str, edge: int) -> np.ndarray:
    """The pixels that must lie in the phase: vertices, or for L the whole segment."""
    if name == "L":
        return np.stack([np.zeros(edge + 1, int), np.arange(edge + 1)], axis=1)
    return vertex_offsets(POLYTOPES[name], edge)


def _place(image, name: str, edge: int, taken: np.ndarray, centres: list) -> Placed | None:
    """Choose of the free places with most vertices in the phase the one farthest from others."""
    offsets = _offsets(name, edge)
    height, width = np.array(image.shape) - offsets.max(axis=0)
    if height < 1 or width < 1:
        return None
    hits = sum(image[r : r + height, c : c + width].astype(int) for r, c in offsets)
    sums = np.pad(taken.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    down, right = offsets.max(axis=0) + 1
    covered = (
        sums[down:, right:] - sums[:-down, right:] - sums[down:, :-right] + sums[:-down, :-right]
    )
    free = covered == 0
    if not free.any():
        return None
    origins = np.argwhere(free & (hits == hits[free].max()))
    middles = origins + offsets.mean(axis=0)
    others = np.array(centres or [(0.0, 0.0)])
    distance = np.linalg.norm(middles[:, None] - others, axis=2).min(axis=1)
    if not centres:
        distance = -np.linalg.norm(middles - np.array(image.shape) / 2, axis=1)
    vertices = origins[distance.argmax()] + offsets
    return Placed(edge, vertices, image[tuple(vertices.T)] == 1)


def _draw_on(axes: Axes, image: np.ndarray) -> None:
    axes.imshow(image, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")
    halo, thin_halo = (
        [matplotlib.patheffects.withStroke(linewidth=width, foreground="white")]
        for width in (2.8, 1.6)
    )
    for name, shape in place_shapes(image).items():
        colour = DESCRIPTOR_COLOURS[name]
        corners = shape.vertices[[0, -1]] if name == "L" else _around(shape.vertices)
        rows, columns = np.vstack([corners, corners[:1]]).T
        axes.plot(columns, rows, color=colour, linewidth=1.4, path_effects=halo, gid=name)
        if name != "L":
            for (row, column), inside in zip(shape.vertices, shape.inside, strict=True):
                face = colour if inside else "white"
                axes.plot(column, row, "o", markersize=4, mec=colour, mfc=face, mew=1.0)
        axes.annotate(
            f"{descriptor_name(name)} ({shape.edge})",
            (columns.mean(), rows.min()),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=6.5,
            color=colour,
            path_effects=thin_halo,
        )


def _around(vertices: np.ndarray) -> np.ndarray:
    """Put the vertices of a convex shape in order around it."""
    rows, columns = (vertices - vertices.mean(axis=0)).T
    return vertices[np.argsort(np.arctan2(rows, columns), kind="stable")]


def _legend() -> list[Line2D]:
    handles = [
        Line2D(
            [], [], color=DESCRIPTOR_COLOURS[name], label=f"{descriptor_name(name)}: {SHAPES[name]}"
        )
        for name in LEGEND
    ]
    vertex = {"color": BLACK, "marker": "o", "linestyle": "", "markersize": 4}
    return [
        *handles,
        Line2D([], [], label="vertex in the phase (white)", **vertex),
        Line2D([], [], label="vertex outside it", mfc="white", **vertex),
    ]

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
    PAGE_WIDTH,
    descriptor_name,
    micrometre_axis,
    missing,
    panel_letters,
    styled,
)
from rockrec.figures.tile_images import Tiles
from rockrec.plain.records.colours import BLACK
from rockrec.plain.records.descriptors import DESCRIPTORS

# By the number of vertices; a line in the phase is as hard to place as one of five.
VERTICES = {name: one.order or 5 for name, one in DESCRIPTORS.items() if one.shape}
SHAPES = tuple(sorted(VERTICES, key=lambda name: -VERTICES[name]))  # first what is the hardest
LEGEND = tuple(sorted(VERTICES, key=lambda name: DESCRIPTORS[name].order or np.inf))
LARGEST_EDGE = 1 / 5  # of the tile's side
SAMPLES_PER_ROW = 3
MARGIN, FRAME = 1 / 24, 1 / 14  # between two shapes, and to the tile's frame, of its side
CANDIDATES = 5  # tiles, of which the one that shows the shapes best is drawn


@dataclass(frozen=True)
class Placed:
    """A shape on a tile: its edge r in px, its vertices (v, 2), and which lie in the phase."""

    edge: int
    vertices: np.ndarray
    inside: np.ndarray


@styled
def plot_shapes(samples: Mapping[str, Tiles]) -> Figure:
    """Draw each descriptor's shape once on a tile of about the mean phase fraction.

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
        _draw_on(axes, *telling_tile(tiles.images))
        axes.set_title(f"{next(letters)} {sample}")
        axes.set_xlabel("x [px]")
        axes.set_ylabel("y [px]")
        micrometre_axis(axes, tiles.pixel_size_nm / 1000, "x [µm]")
    where = "outside right center" if beside else "outside lower center"
    figure.legend(handles=_legend(), loc=where, ncols=1 if beside else 3)
    return figure


def telling_tile(tiles: np.ndarray) -> tuple[np.ndarray, dict[str, Placed]]:
    """Choose the tile to draw on, and place the shapes.

    Of the few tiles whose phase fractions are nearest the mean, the one on which most shapes lie
    wholly in the phase.
    """
    fractions = tiles.mean(axis=(1, 2))
    nearest = np.argsort(np.abs(fractions - fractions.mean()), kind="stable")[:CANDIDATES]
    placed = [(np.asarray(tile), place_shapes(tile)) for tile in tiles[nearest]]

    def showing(one: tuple[np.ndarray, dict[str, Placed]]) -> tuple[int, float]:
        insides = [shape.inside for shape in one[1].values()]
        return sum(map(np.all, insides)), sum(map(np.mean, insides))

    return max(placed, key=showing)


def place_shapes(image: np.ndarray) -> dict[str, Placed]:
    """Find a place on a binary tile for every shape, apart from one another.

    A shape that fits nowhere beside the others is left out.
    """
    largest = max(round(LARGEST_EDGE * min(image.shape)), 2)
    margin, frame = (max(round(share * min(image.shape)), 1) for share in (MARGIN, FRAME))
    taken = np.ones(image.shape, dtype=bool)  # the frame, so that no shape touches it
    taken[frame:-frame, frame:-frame] = False
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
            above = 3 * margin  # for its name
            top, left = np.maximum(best.vertices.min(axis=0) - (above, margin), 0)
            bottom, right = best.vertices.max(axis=0) + margin + 1
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


def _draw_on(axes: Axes, image: np.ndarray, placed: Mapping[str, Placed]) -> None:
    axes.imshow(image, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")
    halo, thin_halo = (
        [matplotlib.patheffects.withStroke(linewidth=width, foreground="white")]
        for width in (2.8, 1.6)
    )
    for name, shape in placed.items():
        colour = DESCRIPTORS[name].colour
        corners = shape.vertices[[0, -1]] if name == "L" else _around(shape.vertices)
        rows, columns = np.vstack([corners, corners[:1]]).T
        axes.plot(columns, rows, color=colour, linewidth=1.4, path_effects=halo, gid=name)
        if name != "L":
            for (row, column), inside in zip(shape.vertices, shape.inside, strict=True):
                face = colour if inside else "white"
                axes.plot(column, row, "o", markersize=4, mec=colour, mfc=face, mew=1.0)
        roomy = len(corners) > 4  # its name stands inside
        axes.annotate(
            f"{descriptor_name(name)} ({shape.edge})",
            (columns.mean(), rows.mean() if roomy else rows.min()),
            (0, 0 if roomy else 3),
            textcoords="offset points",
            ha="center",
            va="center" if roomy else "bottom",
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
            [],
            [],
            color=DESCRIPTORS[name].colour,
            label=f"{descriptor_name(name)}: {DESCRIPTORS[name].shape}",
        )
        for name in LEGEND
    ]
    vertex = {"color": BLACK, "marker": "o", "linestyle": "", "markersize": 4}
    return [
        *handles,
        Line2D([], [], label="vertex in the phase (white)", **vertex),
        Line2D([], [], label="vertex outside it", mfc="white", **vertex),
    ]

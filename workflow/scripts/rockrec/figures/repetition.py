"""Figure 6: tiles at large, real and reconstructed, with repetition marked where it was found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.patheffects
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Circle, FancyArrowPatch
from scipy.ndimage import uniform_filter

from rockrec.descriptors.polytopes import POLYTOPES
from rockrec.figures.style import PAGE_HEIGHT, PAGE_WIDTH, missing, source_names, styled
from rockrec.figures.tile_images import Tiles, draw_scale_bar, draw_tile, hide_frame
from rockrec.images import spread
from rockrec.plain.records.colours import VERMILLION
from rockrec.plain.records.descriptors import DESCRIPTORS, DIRECTIONS
from rockrec.plain.records.verdicts import FOUND, NOT_FOUND, TOO_FEW

FEWEST_COLUMNS = 3
HEADING, CAPTION = 0.3, 0.45  # inches kept for a sample's heading and for what is said of a tile
MOST_TILES = 2  # of each source
MARKS = 2  # pairs of places in a tile
PATCH = 1 / 6  # of the tile's side, what is compared around a place; at most half the lag
# (row, column) from one end of a pair to the other, in lags.
STEPS = {name: np.subtract(*POLYTOPES[name](1)[::-1]) for name in DIRECTIONS}


@dataclass(frozen=True)
class Repetition:
    """What the diagnosis says of repetition: its verdict, and the lag (px) and direction of S2."""

    verdict: str
    direction: str | None = None
    lag: int | None = None

    @property
    def found(self) -> bool:
        return self.verdict == FOUND


def repetition_of(diagnosis: pd.DataFrame) -> dict[str, Repetition]:
    """Read what ``diagnosis.csv`` says of repetition, by source (``real``, ``sa/1``)."""
    lines = diagnosis[diagnosis["diagnosis"] == "repeated_pattern"]
    found = {}
    for line in lines.itertuples():
        replicate = line.replicate
        source = line.method if pd.isna(replicate) else f"{line.method}/{int(replicate)}"
        at = re.match(r"(S2\S+), lag (\d+) px", str(line.where))
        place = (at[1], int(at[2])) if at else ()
        found[source] = Repetition(line.verdict, *place)
    return found


@styled
def plot_repetition(
    samples: Mapping[str, Mapping[str, Tiles]], diagnoses: Mapping[str, Mapping[str, Repetition]]
) -> Figure:
    """Show tiles of each source at large; where a pattern repeats, mark the places most alike.

    The tiles are spread evenly over the stack, not chosen. A pair of rings joined by an arrow
    marks two places that lie apart by the lag that the diagnosis names and look most alike.

    Parameters
    ----------
    samples : for each sample its tiles by source, ``real`` among them.
    diagnoses : for each sample what was found in each source, see `repetition_of`.
    """
    if not samples:
        return missing("Tiles and repetition in them", ["no sample has tiles"])
    most = max(len(sources) for sources in samples.values())
    possible = range(FEWEST_COLUMNS, max(most, FEWEST_COLUMNS) + 1)
    side, columns, lines = max(_layout(samples, columns) for columns in possible)
    shown = int(np.clip(_room(lines) / side, 1, MOST_TILES))
    heights = [HEADING + n * (CAPTION + shown * side) for n in lines]
    figure = Figure(figsize=(min(columns, most) * side, sum(heights)))
    figure.get_layout_engine().set(h_pad=0.03, w_pad=0.02, hspace=0, wspace=0)
    blocks = figure.subfigures(len(samples), 1, height_ratios=heights, squeeze=False)[:, 0]
    for block, (sample, sources), n in zip(blocks, samples.items(), lines, strict=True):
        _draw_block(block, sample, sources, diagnoses[sample], (n, min(columns, most), shown), side)
    return figure


def _layout(samples: Mapping[str, Mapping], columns: int) -> tuple[float, int, list[int]]:
    """Side of a tile in inches, columns, and lines of tiles of each sample."""
    lines = [-(-len(sources) // columns) for sources in samples.values()]
    return min(PAGE_WIDTH / columns, _room(lines)), columns, lines


def _room(lines: Sequence[int]) -> float:
    """Height on the page, in inches, that is left for the tiles of each line."""
    return (PAGE_HEIGHT - len(lines) * HEADING - sum(lines) * CAPTION) / sum(lines)


def _draw_block(block: SubFigure, sample: str, sources, diagnosis, layout, side: float) -> None:
    lines, columns, shown = layout
    names = source_names(sources)
    first = next(iter(sources.values()))
    size = first.images.shape[-1]
    microns = size * first.pixel_size_nm / 1000
    block.suptitle(
        f"{sample}: tiles of {size} px = {microns:.4g} µm", x=0.01, ha="left", fontsize=8
    )
    grid = block.subplots(lines * shown, columns, squeeze=False)
    for axes in grid.flat:
        hide_frame(axes)
    for place, (source, tiles) in enumerate(sources.items()):
        repetition = diagnosis[source]
        top = place // columns * shown
        cells = grid[top : top + shown, place % columns]
        cells[0].set_title(
            f"{names[source]}\n{_in_words(repetition, first.pixel_size_nm)}",
            fontsize=6.5,
            color=VERMILLION if repetition.found else "black",
        )
        for axes, image in zip(cells, spread(tiles.images, shown), strict=False):
            draw_tile(axes, image)
            if repetition.found:
                for pair in most_alike(image, repetition.direction, repetition.lag):
                    _mark(axes, *pair, _patch(size, repetition.lag) / 2)
    draw_scale_bar(grid[0, 0], size, first.pixel_size_nm, 0.16 / side)


def _in_words(repetition: Repetition, pixel_size_nm: float) -> str:
    if repetition.found:
        microns = repetition.lag * pixel_size_nm / 1000
        along = DESCRIPTORS[repetition.direction].direction
        return f"repeats at r = {repetition.lag} px\n= {microns:.4g} µm, {along}"
    if repetition.verdict == NOT_FOUND:
        return "no repetition found"
    return f"repetition: {repetition.verdict},\n{TOO_FEW}"


def _patch(size: int, lag: int) -> int:
    """Side of the squares that are compared: odd, and two of them side by side at this lag."""
    return max(int(min(PATCH * size, lag / 2)) // 2 * 2 + 1, 3)


def most_alike(image: np.ndarray, direction: str, lag: int, n: int = MARKS):
    """Find places of a binary tile that recur at a lag: by the correlation of both patches.

    Returns
    -------
    Up to `n` pairs of (row, column), the most alike first, none in the patch of another. Only
    pairs that are more alike than not (correlation above one half) count.
    """
    patch = _patch(min(image.shape), lag)
    down, right = STEPS[direction] * lag
    height, width = image.shape[0] - down, image.shape[1] - abs(right)
    if height < patch or width < patch:
        return []
    left = max(-right, 0)
    tile = np.asarray(image, float)
    one = tile[:height, left : left + width]
    other = tile[down:, left + right : left + right + width]

    def mean(values: np.ndarray) -> np.ndarray:
        return uniform_filter(values, patch, mode="constant")

    variances = (mean(one) - mean(one) ** 2) * (mean(other) - mean(other) ** 2)
    covariance = mean(one * other) - mean(one) * mean(other)
    alike = covariance / np.sqrt(np.maximum(variances, (1 / patch) ** 4))
    edge = patch // 2
    inner = np.zeros(alike.shape, dtype=bool)
    inner[edge : height - edge, edge : width - edge] = True
    alike = np.where(inner, alike, -1)
    pairs = []
    while len(pairs) < n and alike.max() > 0.5:
        row, column = np.unravel_index(alike.argmax(), alike.shape)
        here = int(row), int(column) + left
        pairs.append((here, (here[0] + int(down), here[1] + int(right))))
        for steps in (-1, 0, 1):  # the pair itself, and those that would share a place with it
            at = row + steps * down, column + steps * right
            near = [np.abs(np.arange(m) - i) < patch for m, i in zip(alike.shape, at, strict=True)]
            alike[np.ix_(*near)] = -1
    return pairs


def _mark(axes: Axes, here: tuple[int, int], there: tuple[int, int], radius: float) -> None:
    halo = [matplotlib.patheffects.withStroke(linewidth=2.4, foreground="white")]
    style = {"edgecolor": VERMILLION, "linewidth": 1.1, "path_effects": halo}
    ends = np.array([here, there], float)[:, ::-1]
    for x, y in ends:
        axes.add_patch(Circle((x, y), radius, fill=False, **style))
    along = ends[1] - ends[0]
    to_ring = along / np.linalg.norm(along) * radius
    arrow = FancyArrowPatch(
        ends[0] + to_ring, ends[1] - to_ring, arrowstyle="<->", shrinkA=0, shrinkB=0, **style
    )
    arrow.set_mutation_scale(5)
    axes.add_patch(arrow)

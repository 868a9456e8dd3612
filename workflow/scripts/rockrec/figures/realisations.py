"""Figure 3: real tiles beside realisations of each method, with lines that show L."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from rockrec.figures.style import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    VERMILLION,
    missing,
    round_length,
    source_names,
    styled,
)

FEWEST_TILES, MOST_TILES = 4, 10
LINED_TILES = 2  # the tiles of each row that carry a line
MOST_ROWS = 9  # of tiles; with more the samples stand in two columns
HEADING, LABEL = 0.25, 0.2  # inches kept for a sample's heading and a row's label
SCALE_BAR_HEIGHT = 0.2  # inches, with its number


@dataclass(frozen=True)
class Tiles:
    """A stack of tiles (n, s, s) uint8 0/1 and the side of their pixel."""

    images: np.ndarray
    pixel_size_nm: float


@styled
def plot_realisations(samples: Mapping[str, Mapping[str, Tiles]]) -> Figure:
    """Show as many tiles of each source as fit the page, a block per sample, a row per source.

    The tiles are spread evenly over the stack; the phase of interest is white. In the first
    tiles of a row a line marks the longest horizontal run of the phase: the longest segment
    that L counts there.

    Parameters
    ----------
    samples : for each sample its tiles by source, ``real`` among them.
    """
    if not samples:
        return missing("Real and reconstructed tiles", ["no sample has tiles"])
    columns = 1 if sum(map(len, samples.values())) <= MOST_ROWS or len(samples) == 1 else 2
    lines = -(-len(samples) // columns)
    rows = max(len(sources) for sources in samples.values())
    width = PAGE_WIDTH / columns - LABEL
    fitting = np.ceil(lines * rows * width / (PAGE_HEIGHT - lines * HEADING))
    shown = int(np.clip(fitting, FEWEST_TILES, MOST_TILES))
    side = width / shown
    figure = Figure(figsize=(PAGE_WIDTH, lines * (rows * side + HEADING)))
    figure.get_layout_engine().set(h_pad=0.01, w_pad=0.01, hspace=0, wspace=0)
    blocks = figure.subfigures(lines, columns, squeeze=False)
    for block, (sample, sources) in zip(blocks.flat, samples.items(), strict=False):
        _draw_block(block, sample, sources, rows, shown, side)
    return figure


def longest_run(image: np.ndarray) -> tuple[int, int, int]:
    """Find the longest horizontal run of 1 in a binary image: row, first column, length.

    The first in reading order where several are as long; length 0 if there is no 1.
    """
    padded = np.pad(image.astype(np.int8), ((0, 0), (1, 1)))
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    if rows.size == 0:
        return 0, 0, 0
    longest = int(np.argmax(ends - starts))
    return int(rows[longest]), int(starts[longest]), int(ends[longest] - starts[longest])


def _draw_block(
    block: SubFigure, sample: str, sources: Mapping[str, Tiles], rows: int, shown: int, side: float
) -> None:
    names = source_names(sources)
    grid = block.subplots(rows, shown, squeeze=False)
    first = next(iter(sources.values()))
    size = first.images.shape[-1]
    microns = size * first.pixel_size_nm / 1000
    heading = f"{sample}: tiles of {size} px = {microns:.4g} µm"
    block.suptitle(heading, x=LABEL / PAGE_WIDTH, ha="left", fontsize=8)
    for axes in grid.flat:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    for line, (source, tiles) in zip(grid, sources.items(), strict=False):
        line[0].set_ylabel(names[source], fontsize=7.5 if side > 1 else 5.5, labelpad=2)
        for place, (axes, image) in enumerate(zip(line, _spread(tiles, shown), strict=False)):
            axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            if place < LINED_TILES:
                _draw_longest_run(axes, image)
    _draw_scale_bar(grid[0, -1], size, first.pixel_size_nm, SCALE_BAR_HEIGHT / side)


def _spread(tiles: Tiles, shown: int) -> np.ndarray:
    """Take `shown` tiles from all over the stack: neighbours in it are neighbours in the rock."""
    n = len(tiles.images)
    return np.asarray(tiles.images[np.linspace(0, n - 1, min(shown, n)).astype(int)])


def _draw_longest_run(axes: Axes, image: np.ndarray) -> None:
    row, column, length = longest_run(image)
    if length:
        ends = [column - 0.5, column + length - 0.5]
        axes.plot(ends, [row, row], color=VERMILLION, linewidth=1.5, solid_capstyle="butt")


def _draw_scale_bar(axes: Axes, size: int, pixel_size_nm: float, height: float) -> None:
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

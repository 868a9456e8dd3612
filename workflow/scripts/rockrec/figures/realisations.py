"""Figure 3: real tiles beside realisations of each method, with lines that show L."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from rockrec.figures.style import PAGE_HEIGHT, PAGE_WIDTH, missing, source_names, styled
from rockrec.figures.tile_images import Tiles, draw_scale_bar, draw_tile, hide_frame
from rockrec.images import spread
from rockrec.plain.records.colours import VERMILLION

FEWEST_TILES, MOST_TILES = 4, 10
LINED_TILES = 2  # the tiles of each row that carry a line
MOST_ROWS = 9  # of tiles; with more the samples stand in two columns
HEADING, LABEL = 0.3, 0.2  # inches kept for a sample's heading and a row's label
SCALE_BAR_HEIGHT = 0.2  # inches, with its number


@styled
def plot_realisations(samples: Mapping[str, Mapping[str, Tiles]]) -> Figure:
    """Show as many tiles of each source as fit the page, a block per sample, a row per source.

    The tiles are spread evenly over the stack; the phase of interest is white. In the first
    tiles of a row a line marks the longest run of the phase along a row or a column: the
    longest segment that L counts there.

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
    figure.get_layout_engine().set(h_pad=0.02, w_pad=0.01, hspace=0, wspace=0)
    blocks = figure.subfigures(lines, columns, squeeze=False)
    for block, (sample, sources) in zip(blocks.flat, samples.items(), strict=False):
        _draw_block(block, sample, sources, rows, shown, side)
    return figure


def longest_run(image: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """Find the longest run of 1 along a row or a column of a binary image.

    Returns
    -------
    (row, column) of its first and of its last pixel; the first in reading order of several as
    long, rows before columns.

    Raises
    ------
    ValueError
        If the image holds no 1.
    """
    if not image.any():
        raise ValueError("an image without the phase of interest has no run of it")
    runs = []
    for turned in (image, image.T):
        steps = np.diff(np.pad(turned.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        rows, starts = np.nonzero(steps == 1)
        lengths = np.nonzero(steps == -1)[1] - starts
        longest = int(np.argmax(lengths))
        first = int(rows[longest]), int(starts[longest])
        runs.append(
            (int(lengths[longest]), first, (first[0], first[1] + int(lengths[longest]) - 1))
        )
    (along_row, *in_row), (along_column, *in_column) = runs
    if along_row >= along_column:
        return tuple(in_row)
    return tuple(place[::-1] for place in in_column)


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
        hide_frame(axes)
    for line, (source, tiles) in zip(grid, sources.items(), strict=False):
        line[0].set_ylabel(names[source], fontsize=7.5 if side > 1 else 5.5, labelpad=2)
        for place, (axes, image) in enumerate(zip(line, spread(tiles.images, shown), strict=False)):
            draw_tile(axes, image)
            if place < LINED_TILES:
                _draw_longest_run(axes, image)
    draw_scale_bar(grid[0, -1], size, first.pixel_size_nm, SCALE_BAR_HEIGHT / side)


def _draw_longest_run(axes: Axes, image: np.ndarray) -> None:
    if not image.any():
        return
    (top, left), (bottom, right) = longest_run(image)
    across, down = (0.5, 0.0) if top == bottom else (0.0, 0.5)  # from pixel centres to edges
    axes.plot(
        [left - across, right + across],
        [top - down, bottom + down],
        color=VERMILLION,
        linewidth=1.5,
        solid_capstyle="butt",
    )

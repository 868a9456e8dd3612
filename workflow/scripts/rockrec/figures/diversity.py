"""Figure S1: many tiles of each source, and the S2 curve of each tile: how much they differ."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    method_styles,
    micrometre_axis,
    missing,
    panel_letters,
    source_names,
    styled,
)
from rockrec.figures.tile_images import Tiles, hide_frame
from rockrec.images import spread
from rockrec.plain.records.colours import GRAY

FEW, MANY = 3, 4  # sources in a row
CURVES, BESIDES = 1.7, 0.5  # inches, the height of the curves, and of heading and legend
GAP = 0.03  # between two tiles, of a tile's side
RANGE = (0.05, 0.95)  # of the real tiles' curves, the shaded part


@dataclass(frozen=True)
class Described:
    """Tiles of one source with the S2 curve of each, (n, lags)."""

    tiles: Tiles
    s2: np.ndarray


@styled
def plot_diversity(sample: str, sources: Mapping[str, Described], n_tiles: int = 64) -> Figure:
    """Show `n_tiles` tiles of each source, and below them the S2 curves of these tiles.

    Shaded behind all: where 90 % of all real tiles lie at each lag. A generator that repeats
    itself draws a bundle of curves narrower than that.

    Parameters
    ----------
    sample : its name.
    sources : by name, ``real`` among them.
    """
    if not sources:
        return missing("Diversity of the tiles", [f"{sample} has no tiles"])
    rows = -(-len(sources) // MANY)
    columns = -(-len(sources) // rows)  # rows filled evenly
    width = PAGE_WIDTH / max(columns, FEW)
    heights = [width, CURVES] * rows
    figure = Figure(figsize=(columns * width, sum(heights) + BESIDES))
    grid = figure.add_gridspec(2 * rows, columns, height_ratios=heights)
    names, styles = source_names(sources), method_styles(sources)
    real = sources[REAL].s2
    letters, shared = panel_letters(), None
    for place, (source, described) in enumerate(sources.items()):
        row, column = 2 * (place // columns), place % columns
        picture = figure.add_subplot(grid[row, column])
        shown = spread(described.tiles.images, n_tiles)
        picture.imshow(montage(shown), cmap="gray", vmin=0, vmax=1, interpolation="auto")
        hide_frame(picture)
        picture.set_title(f"{next(letters)} {names[source]}\n{len(shown)} tiles")
        curves = figure.add_subplot(grid[row + 1, column], sharex=shared, sharey=shared)
        shared = shared or curves
        _draw_range(curves, real)
        for line in curves.plot(spread(described.s2, n_tiles).T, linewidth=0.4, alpha=0.5):
            line.set_color(styles[source]["color"])
        curves.set_xlim(0, real.shape[1] - 1)
        curves.set_xlabel("lag $r$ [px]")
        if column == 0:
            curves.set_ylabel("$S_2(r)$ [–]")
        else:
            curves.tick_params(labelleft=False)
        micrometre_axis(curves, described.tiles.pixel_size_nm / 1000, "lag $r$ [µm]")
    shared.set_ylim(0)
    figure.suptitle(sample, x=0.01, ha="left", fontsize=8)
    figure.legend(*curves.get_legend_handles_labels(), loc="outside lower center")
    return figure


def montage(tiles: np.ndarray) -> np.ndarray:
    """Set tiles (n, s, s) side by side in a square with gray gaps."""
    n, size, _ = tiles.shape
    across = int(np.ceil(np.sqrt(n)))
    gap = max(round(GAP * size), 1)
    step = size + gap
    picture = np.full((-(-n // across) * step - gap, across * step - gap), 0.6, np.float32)
    for i, tile in enumerate(tiles):
        top, left = i // across * step, i % across * step
        picture[top : top + size, left : left + size] = tile
    return picture


def _draw_range(axes: Axes, real: np.ndarray) -> None:
    low, high = np.nanquantile(real, RANGE, axis=0)
    label = f"90 % of the {len(real)} real tiles, at each lag"
    lags = np.arange(real.shape[1])
    axes.fill_between(lags, low, high, color=GRAY, alpha=0.45, linewidth=0, label=label)

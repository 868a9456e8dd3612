"""Which pixels of a tile are copied from training tiles, and which of them from one place."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from rockrec.figures.style import PAGE_WIDTH, missing, source_names, styled
from rockrec.figures.tile_images import hide_frame
from rockrec.novelty.maps import SHOWN, Map
from rockrec.plain.records.colours import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION

PLACES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
COLUMNS, FEWEST_COLUMNS = 6, 4
DARK, TINT = 0.35, 0.75  # the rest phase's brightness; the colour's part


@styled
def plot_novelty(
    samples: Mapping[str, Mapping[str, Map]], tables: Mapping[str, pd.DataFrame]
) -> Figure:
    """Colour what of some tiles of each source is copied; one colour where it is from one place.

    Parameters
    ----------
    samples : for each sample its maps by source, see `rockrec.novelty.maps`.
    tables : for each sample its ``novelty.csv``, whose sources have the order of the maps.
    """
    if not samples:
        return missing("What is copied", ["no sample has tiles"])
    columns = min(max(map(len, samples.values())), COLUMNS)
    lines = [-(-len(sources) // columns) for sources in samples.values()]
    side = PAGE_WIDTH / max(columns, FEWEST_COLUMNS)
    heights = [0.3 + n * (0.35 + SHOWN * side) for n in lines]
    figure = Figure(figsize=(columns * side, sum(heights)))
    figure.get_layout_engine().set(h_pad=0.02, w_pad=0.02, hspace=0, wspace=0)
    blocks = figure.subfigures(len(samples), 1, height_ratios=heights, squeeze=False)[:, 0]
    for block, (sample, sources), n in zip(blocks, samples.items(), lines, strict=True):
        table = tables[sample]
        smallest = table[table["side_px"] == table["side_px"].min()]
        block.suptitle(
            f"{sample}: copied in pieces of {smallest['side_px'].iloc[0]} px",
            x=0.01, ha="left", fontsize=8,
        )  # fmt: skip
        grid = block.subplots(n * SHOWN, columns, squeeze=False)
        for axes in grid.flat:
            hide_frame(axes)
        names = source_names(sources)
        shares = dict(zip(sources, smallest["copied"], strict=True))
        for place, (source, shown) in enumerate(sources.items()):
            top = place // columns * SHOWN
            cells = grid[top : top + SHOWN, place % columns]
            share = "nothing tells" if np.isnan(shares[source]) else f"{shares[source]:.0%} copied"
            cells[0].set_title(f"{names[source]}\n{share}", fontsize=6.5)
            for axes, tile, origin in zip(cells, *shown, strict=False):
                axes.imshow(coloured(tile, origin), interpolation="nearest")
    return figure


def coloured(tile: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """A tile (H, W) as RGB (H, W, 3) in 0 ... 1: gray, and in colour where it is copied.

    Places of one tile have colours of their own as far as these go; the largest come first.
    """
    gray = np.where(tile > 0, 1.0, DARK)[..., None].repeat(3, axis=2)
    places, sizes = np.unique(origin[origin >= 0], return_counts=True)
    for number, place in enumerate(places[np.argsort(-sizes, kind="stable")]):
        colour = np.array(mpl.colors.to_rgb(PLACES[number % len(PLACES)]))
        here = origin == place
        gray[here] = gray[here] * (1 - TINT + TINT * colour)
    return gray

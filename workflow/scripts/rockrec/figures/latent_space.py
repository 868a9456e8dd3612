"""What lies in a generator's latent space: a walk through it, and real tiles found in it."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from rockrec.figures.style import PAGE_WIDTH, panel_letters, styled

COLUMNS = 10


@styled
def plot_latent_space(
    films: Mapping[str, np.ndarray], projections: Mapping[str, np.ndarray]
) -> Figure:
    """Show frames of each walk in a row, and under real tiles their projections.

    Parameters
    ----------
    films : by label, (frames, size, size) 0/1; as many as fit are shown, spread evenly. There is
        at least one, or a projection.
    projections : by label, (2 n, size, size) 0/1, real tiles each followed by its projection;
        the first that fit are shown.
    """
    blocks = {}
    for label, film in films.items():
        shown = np.linspace(0, len(film), COLUMNS, endpoint=False).astype(int)
        blocks[f"{label}: from latent vector to latent vector"] = [film[shown]]
    for label, pairs in projections.items():
        rows = [pairs[0 : 2 * COLUMNS : 2], pairs[1 : 2 * COLUMNS : 2]]
        blocks[f"{label}: real tiles over their projections"] = rows
    side = PAGE_WIDTH / COLUMNS
    heights = [len(rows) * side + 0.3 for rows in blocks.values()]
    figure = Figure(figsize=(PAGE_WIDTH, sum(heights)))
    figure.get_layout_engine().set(h_pad=0.01, w_pad=0.01, hspace=0, wspace=0)
    panels = figure.subfigures(len(blocks), 1, squeeze=False, height_ratios=heights)[:, 0]
    letters = panel_letters()
    for panel, (title, rows) in zip(panels, blocks.items(), strict=True):
        panel.suptitle(f"{next(letters)} {title}", x=0.01, ha="left", fontsize=8)
        for axes in (grid := panel.subplots(len(rows), COLUMNS, squeeze=False)).flat:
            axes.set_axis_off()
        for line, tiles in zip(grid, rows, strict=True):
            for axes, tile in zip(line, tiles, strict=False):
                axes.imshow(tile, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    return figure

"""Tiles of a network at the same latent vectors over its training."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from rockrec.figures.style import PAGE_WIDTH, missing, panel_letters, styled
from rockrec.plain.records.colours import VERMILLION

COLUMNS = 9
FEWEST_ROWS, MOST_ROWS = 2, 12  # of a training; of all, for the length of a page


@dataclass(frozen=True)
class Strip:
    """Gray tiles (checks, latent vectors, size, size) after some steps; `kept` is the step kept."""

    steps: np.ndarray
    tiles: np.ndarray
    kept: int


@styled
def plot_strips(strips: Mapping[str, Strip]) -> Figure:
    """Show each training as a block: a row per latent vector, a column per check.

    Parameters
    ----------
    strips : by label; as many checks as fit the page are shown, spread evenly. Of many trainings
        fewer latent vectors are shown, two at least.
    """
    strips = {label: strip for label, strip in strips.items() if len(strip.steps)}
    if not strips:
        return missing("Tiles over training", ["no network has been trained"])
    rows = max(strip.tiles.shape[1] for strip in strips.values())
    rows = min(rows, max(FEWEST_ROWS, MOST_ROWS // len(strips)))
    side = PAGE_WIDTH / COLUMNS
    figure = Figure(figsize=(PAGE_WIDTH, len(strips) * (rows * side + 0.45)))
    figure.get_layout_engine().set(h_pad=0.01, w_pad=0.01, hspace=0, wspace=0)
    blocks = figure.subfigures(len(strips), 1, squeeze=False)[:, 0]
    letters = panel_letters()
    for block, (label, strip) in zip(blocks, strips.items(), strict=True):
        shown = np.unique(np.linspace(0, len(strip.steps) - 1, COLUMNS).round().astype(int))
        kept = shown[strip.steps[shown] <= strip.kept].max(initial=shown[0])
        block.suptitle(f"{next(letters)} {label}", x=0.01, ha="left", fontsize=8)
        for axes in (grid := block.subplots(rows, COLUMNS, squeeze=False)).flat:
            axes.set_axis_off()
        for column, check in enumerate(shown):
            colour = VERMILLION if check == kept else "black"
            grid[0, column].set_title(f"step {strip.steps[check]}", fontsize=6, color=colour)
            for row, tile in enumerate(strip.tiles[check][:rows]):
                grid[row, column].imshow(
                    tile, cmap="gray", vmin=0, vmax=255, interpolation="nearest"
                )
    return figure

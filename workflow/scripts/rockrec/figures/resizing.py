"""Lineal path of windows before and after they are reduced to tiles."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from rockrec.figures.style import PAGE_WIDTH, missing, other_unit, panel_letters, styled
from rockrec.plain.records.colours import BLUE, GRAY
from rockrec.resizing import warning

SAMPLES_PER_ROW = 3
STAGES = {
    "before": {"color": GRAY, "linewidth": 2.5},
    "after": {"color": BLUE, "linewidth": 1.0},
}


@styled
def plot_resizing(samples: Mapping[str, pd.DataFrame]) -> Figure:
    """Plot L of the same windows in mosaic pixels and in tile pixels, over micrometres.

    Parameters
    ----------
    samples : for each sample its table of ``resizing.csv``.
    """
    if not samples:
        return missing("Windows before and after resizing", ["no sample has tiles"])
    columns = min(SAMPLES_PER_ROW, len(samples))
    rows = -(-len(samples) // columns)
    figure = Figure(figsize=(min(PAGE_WIDTH, 3.4 * columns), 2.7 * rows))
    grid = figure.subplots(rows, columns, squeeze=False)
    letters = panel_letters()
    for axes in grid.flat[len(samples) :]:
        axes.set_axis_off()
    for axes, (sample, table) in zip(grid.flat, samples.items(), strict=False):
        for stage, style in STAGES.items():
            curve = table[table["stage"] == stage]
            label = f"{stage}: φ = {curve['phase_fraction'].iloc[0]:.4f}"
            axes.plot(curve["lag_um"], curve["mean"], label=label, **style)
        axes.set_yscale("log")
        floor = table.loc[table["stage"] == "before", "mean"].iloc[0] / 1000
        axes.set_ylim(max(floor, 1e-6))
        axes.set_xlim(0, table["lag_um"].max())
        axes.set_xlabel("lag $r$ [µm]")
        tile_pixel_um = table.loc[table["stage"] == "after", "lag_um"].iloc[1]
        other_unit(axes, 1 / tile_pixel_um, "lag $r$ [tile px]")
        axes.set_ylabel("$L(r)$ [–]")
        axes.set_title(f"{next(letters)} {sample}, {table['n'].iloc[0]} windows")
        lost = warning(table)
        axes.legend(title=f"numbers change: {lost}" if lost else None)
    return figure

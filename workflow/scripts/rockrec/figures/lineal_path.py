"""Figure 7: lineal-path function of real and reconstructed tiles."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    all_sources,
    method_styles,
    micrometre_axis,
    missing,
    panel_letters,
    pixel_size_of,
    row_height,
    source_names,
    styled,
)
from rockrec.plain.records.colours import GRAY

# The flat part begins where the real curve has fallen to this share of L(0), at the latest at
# half of the lags.
FLAT_FROM = 0.1
FLAT_TO = 2e-4  # and ends where every curve is below this share
SAMPLES_PER_ROW = 3


@styled
def plot_lineal_path(samples: Mapping[str, Mapping[str, pd.DataFrame]]) -> Figure:
    """Plot L with the 95 % band of the real mean, and below it the flat part magnified.

    Parameters
    ----------
    samples : for each sample its tables of curves (columns of ``curves.csv``) by source,
        ``real`` among them.
    """
    samples = {
        sample: {source: _lineal_path(curves) for source, curves in sources.items()}
        for sample, sources in samples.items()
    }
    samples = {name: sources for name, sources in samples.items() if len(sources[REAL])}
    if not samples:
        return missing("Lineal-path function L", ["no sample has L among its descriptors"])
    columns = min(SAMPLES_PER_ROW, len(samples))
    # Both views of a sample below one another, of a single one side by side.
    rows = 1 if len(samples) == 1 else 2 * -(-len(samples) // columns)
    height = row_height(rows, 2.1, besides=0.5)
    figure = Figure(figsize=(PAGE_WIDTH, rows * height + 0.5))
    grid = figure.add_gridspec(rows, 2 if rows == 1 else columns)
    styles = method_styles(all_sources(samples))
    names = source_names(all_sources(samples))
    letters = panel_letters()
    for place, (sample, sources) in enumerate(samples.items()):
        row, column = 2 * (place // columns), place % columns
        whole = figure.add_subplot(grid[row, column])
        flat = figure.add_subplot(grid[0, 1] if rows == 1 else grid[row + 1, column])
        for axes, view in ((whole, ""), (flat, ", flat part")):
            _draw(axes, sources, styles, names)
            axes.set_title(f"{next(letters)} {sample}{view}")
            axes.set_xlabel("lag $r$ [px]")
            axes.set_ylabel("$L(r)$ [–]")
            micrometre_axis(axes, pixel_size_of(sources[REAL]), "lag $r$ [µm]")
        whole.set_xlim(0, sources[REAL]["lag_px"].max())
        whole.set_ylim(0)
        _magnify(flat, sources)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _lineal_path(curves: pd.DataFrame) -> pd.DataFrame:
    return curves[(curves["descriptor"] == "L") & (curves["quantity"] == "P")].dropna(subset="mean")


def _draw(axes: Axes, sources: Mapping[str, pd.DataFrame], styles: dict, names: dict) -> None:
    real = sources[REAL]
    axes.fill_between(
        real["lag_px"],
        real["low"],
        real["high"],
        color=GRAY,
        alpha=0.45,
        linewidth=0,
        label="95 % band of the real mean, pointwise",
    )
    for source, curve in sources.items():
        axes.plot(curve["lag_px"], curve["mean"], label=names[source], **styles[source])


def _magnify(axes: Axes, sources: Mapping[str, pd.DataFrame]) -> None:
    real = sources[REAL]
    whole = real["mean"].max()
    fallen = real.loc[real["mean"] <= FLAT_FROM * whole, "lag_px"]
    left = min([*fallen, real["lag_px"].max() // 2])
    curves = pd.concat(sources.values())
    right = curves.loc[curves["mean"] > FLAT_TO * whole, "lag_px"].max()
    inside = curves[curves["lag_px"].between(left, right)]
    axes.set_xlim(left, max(right, left + 2))
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
    axes.set_ylim(
        0, 1.05 * max(inside["mean"].max(), real.loc[real["lag_px"] >= left, "high"].max())
    )

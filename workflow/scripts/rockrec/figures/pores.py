"""Figure 8: area and orientation of pores, real and reconstructed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    all_sources,
    method_styles,
    missing,
    panel_letters,
    room_for_legend,
    row_height,
    source_names,
    styled,
)
from rockrec.plain.records.colours import BLACK

BINS_PER_DECADE = 8
ORIENTATION_BINS = np.arange(-90, 91, 15)
LEAST_FITTED = 10  # pores; fewer are drawn without a fitted density


@styled
def plot_pores(samples: Mapping[str, Mapping[str, pd.DataFrame]]) -> Figure:
    """Plot the density of pore areas with a fitted log-normal, and of pore orientations.

    Parameters
    ----------
    samples : for each sample its tables of pores (columns of ``pores.csv``) by source, ``real``
        among them.
    """
    samples = {name: sources for name, sources in samples.items() if _any_pores(sources)}
    if not samples:
        return missing("Pore areas and orientations", ["no tile has pores"])
    height = row_height(len(samples), 2.7, besides=0.3)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(samples) + 0.3))
    grid = figure.add_gridspec(len(samples), 2)
    styles = method_styles(all_sources(samples))
    names = source_names(all_sources(samples))
    letters = panel_letters()
    for row, (sample, sources) in enumerate(samples.items()):
        area, orientation = (figure.add_subplot(grid[row, column]) for column in range(2))
        _draw_areas(area, sources, styles, names)
        area.set_title(f"{next(letters)} {sample}: pore area")
        _draw_orientations(orientation, sources, styles, names)
        orientation.set_title(f"{next(letters)} {sample}: pore orientation")
    fit = Line2D([], [], color=BLACK, linestyle=":", label="fitted log-normal density")
    histogram = Line2D([], [], color=BLACK, label="histogram of pores")
    figure.legend(handles=[histogram, fit], loc="outside lower center", ncols=2)
    return figure


def _any_pores(sources: Mapping[str, pd.DataFrame]) -> bool:
    return any(len(pores) for pores in sources.values())


def _draw_areas(axes: Axes, sources: Mapping, styles: dict, names: dict) -> None:
    every = pd.concat(sources.values())
    pixel_area = float((every["area_um2"] / every["area_px"]).iloc[0])
    edges = _whole_pixel_edges(every["area_px"].max())
    middles = np.linspace(0, np.log10(edges[-1]), 200)
    for source, pores in sources.items():
        if pores.empty:
            continue
        logs = np.log10(pores["area_px"])
        density = np.histogram(pores["area_px"], edges)[0] / len(pores) / np.diff(np.log10(edges))
        colour = styles[source]["color"]
        axes.stairs(
            density,
            edges * pixel_area,
            label=f"{names[source]} ({len(pores):,} pores)",
            linewidth=1.8 if source == REAL else 1.1,
            **styles[source],
        )
        if len(pores) >= LEAST_FITTED and logs.std() > 0:
            fitted = np.exp(-0.5 * ((middles - logs.mean()) / logs.std()) ** 2)
            fitted /= logs.std() * np.sqrt(2 * np.pi)
            axes.plot(10**middles * pixel_area, fitted, color=colour, linestyle=":", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlabel("pore area [µm²]")
    axes.set_ylabel("probability density [per decade]")
    room_for_legend(axes)


def _whole_pixel_edges(largest: int) -> np.ndarray:
    """Bins of equal width on a log axis, but none narrower than the whole pixels it holds."""
    decades = np.log10(largest + 1)
    counts = np.logspace(0, decades, int(np.ceil(decades * BINS_PER_DECADE)) + 1)
    return np.unique(np.round(counts)) - 0.5


def _draw_orientations(axes: Axes, sources: Mapping, styles: dict, names: dict) -> None:
    for source, pores in sources.items():
        angles = pores["orientation_deg"].dropna()
        if angles.empty:
            continue
        share = np.histogram(angles, ORIENTATION_BINS)[0] / len(angles)
        left_out = 1 - len(angles) / len(pores)
        axes.stairs(
            share / np.diff(ORIENTATION_BINS) * 100,
            ORIENTATION_BINS,
            baseline=None,
            label=f"{names[source]} ({left_out:.0%} left out)",
            linewidth=1.8 if source == REAL else 1.1,
            **styles[source],
        )
    axes.axhline(100 / 180, color=BLACK, linewidth=0.5, alpha=0.4)
    axes.set_xlim(-90, 90)
    axes.set_xticks(np.arange(-90, 91, 30))
    axes.set_xlabel("major axis from the horizontal, counter-clockwise [°]")
    axes.set_ylabel("pores [% per degree]")
    room_for_legend(axes)

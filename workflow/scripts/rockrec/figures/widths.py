"""How wide the phase is, real and reconstructed: local thickness and chord lengths."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    all_sources,
    method_styles,
    missing,
    panel_letters,
    row_height,
    source_names,
    styled,
)
from rockrec.plain.records.scalars import WIDTHS

LEAST_SHOWN = 0.002  # of the phase or the chords is wider than what is drawn
OF = {"local_thickness": "share of the phase's pixels", "chord_x": "share of chords"}


@styled
def plot_widths(samples: Mapping[str, Mapping[str, pd.DataFrame]]) -> Figure:
    """Plot the share of the phase, and of its chords, that is up to a width.

    Parameters
    ----------
    samples : for each sample its lines of ``widths.csv`` by source, ``real`` among them.
    """
    samples = {name: one for name, one in samples.items() if any(map(len, one.values()))}
    if not samples:
        return missing("Local thickness and chord lengths", ["no tile has both phases"])
    height = row_height(len(samples), 2.5)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(samples)))
    grid = figure.subplots(len(samples), len(WIDTHS), squeeze=False)
    styles, names = method_styles(all_sources(samples)), source_names(all_sources(samples))
    letters = panel_letters()
    for axes_of_row, (sample, sources) in zip(grid, samples.items(), strict=True):
        for axes, (quantity, title) in zip(axes_of_row, WIDTHS.items(), strict=True):
            _draw(axes, quantity, sources, styles, names)
            axes.set_title(f"{next(letters)} {sample}: {title}")
            axes.set_xlabel(f"{title} [µm]")
            axes.set_ylabel(OF.get(quantity, ""))
        axes_of_row[0].legend(loc="lower right", fontsize=6, labelspacing=0.25)
    return figure


def _draw(axes: Axes, quantity: str, sources: Mapping, styles: dict, names: dict) -> None:
    widest = 0.0
    for source, table in sources.items():
        weights = (
            table[table["quantity"] == quantity].groupby("width_um")["weight"].sum().sort_index()
        )
        if weights.empty:
            continue
        widths = weights.index.to_numpy()
        share = np.cumsum(weights.to_numpy()) / weights.sum()
        widest = max(widest, widths[np.searchsorted(share, 1 - LEAST_SHOWN)])
        axes.step(
            [0, *widths, 10 * widths[-1]],
            [0, *share, 1],
            where="post",
            label=names[source],
            linewidth=1.8 if source == REAL else 1.1,
            **styles[source],
        )
    axes.set_ylim(0, 1)
    if widest:
        axes.set_xlim(0, widest)

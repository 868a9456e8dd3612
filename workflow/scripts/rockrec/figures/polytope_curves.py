"""Figure 4: polytope functions of real tiles and of each reconstruction."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rockrec.figures.style import (
    BLACK,
    DESCRIPTOR_COLOURS,
    PAGE_WIDTH,
    REAL,
    descriptor_name,
    micrometre_axis,
    missing,
    panel_letters,
    pixel_size_of,
    source_names,
    styled,
)

PANELS_PER_ROW = 4
DESCRIPTORS = ("S2", "P3H", "P3V", "P4", "P6")
FORM = {"P": "mean", "F": "pooled"}


@styled
def plot_polytope_curves(
    samples: Mapping[str, Mapping[str, pd.DataFrame]], quantity: str = "P"
) -> Figure:
    """Plot P_n (or F_n, Eq. 2, pooled) against the lag, a panel per sample and source.

    Parameters
    ----------
    samples : for each sample its tables of curves (columns of ``curves.csv``) by source,
        ``real`` among them. Each reconstruction stands over the real curves.
    quantity : ``P`` or ``F``.

    Raises
    ------
    ValueError
        If `quantity` is neither.
    """
    if quantity not in FORM:
        raise ValueError(f"quantity must be P or F, got {quantity!r}")
    if not samples:
        return missing("Polytope functions", ["no sample has descriptors"])
    panels = max(len(sources) for sources in samples.values())
    columns = -(-panels // -(-panels // PANELS_PER_ROW))  # rows filled evenly
    rows = [-(-len(sources) // columns) for sources in samples.values()]
    figure = Figure(figsize=(PAGE_WIDTH, 2.1 * sum(rows) + 0.4))
    grid = figure.add_gridspec(sum(rows), columns)
    letters = panel_letters()
    first_row = 0
    for (sample, sources), height in zip(samples.items(), rows, strict=True):
        names = source_names(sources)
        shared = None
        for place, (source, curves) in enumerate(sources.items()):
            cell = grid[first_row + place // columns, place % columns]
            axes = figure.add_subplot(cell, sharex=shared, sharey=shared)
            shared = shared or axes
            if source != REAL:
                _draw(axes, sources[REAL], quantity, linewidth=2.6, alpha=0.35)
            _draw(axes, curves, quantity, linestyle="-" if source == REAL else (0, (3, 1.2)))
            axes.set_title(f"{next(letters)} {sample}: {names[source]}")
            axes.set_xlabel("lag $r$ [px]")
            if place % columns == 0:
                axes.set_ylabel("$P_n(r)$ [–]" if quantity == "P" else "$F_n(r)$ [–]")
            else:
                axes.tick_params(labelleft=False)
            micrometre_axis(axes, pixel_size_of(curves), "lag $r$ [µm]")
        first_row += height
    figure.legend(handles=_legend(samples, quantity), loc="outside lower center", ncols=8)
    return figure


def _draw(axes, curves: pd.DataFrame, quantity: str, **line) -> None:
    shown = curves[(curves["quantity"] == quantity) & (curves["form"] == FORM[quantity])]
    for descriptor, curve in shown.groupby("descriptor", sort=False):
        if descriptor in DESCRIPTORS:
            curve = curve.dropna(subset="mean")
            colour = DESCRIPTOR_COLOURS[descriptor]
            axes.plot(curve["lag_px"], curve["mean"], color=colour, **line)


def _legend(samples: Mapping, quantity: str) -> list[Line2D]:
    tables = [table for sources in samples.values() for table in sources.values()]
    present = set().union(*(table["descriptor"] for table in tables))
    handles = [
        Line2D([], [], color=DESCRIPTOR_COLOURS[name], label=descriptor_name(name, quantity))
        for name in DESCRIPTORS
        if name in present
    ]
    if any(len(sources) > 1 for sources in samples.values()):
        handles.append(Line2D([], [], color=BLACK, linewidth=2.6, alpha=0.35, label="real"))
        handles.append(Line2D([], [], color=BLACK, linestyle=(0, (3, 1.2)), label="reconstructed"))
    return handles

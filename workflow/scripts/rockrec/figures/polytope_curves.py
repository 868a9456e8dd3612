"""Figure 4: polytope functions of real tiles and of each reconstruction."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    descriptor_name,
    directions_apart,
    micrometre_axis,
    missing,
    panel_letters,
    pixel_size_of,
    row_height,
    source_names,
    styled,
)
from rockrec.plain.records.colours import BLACK
from rockrec.plain.records.descriptors import ALONG_AXES, DESCRIPTORS, HIGHER_ORDERS

PANELS_PER_ROW = 5
FORM = {"P": "mean", "F": "pooled"}


@styled
def plot_polytope_curves(
    samples: Mapping[str, Mapping[str, pd.DataFrame]], quantity: str = "P"
) -> Figure:
    """Plot P_n (or F_n, Eq. 2, pooled) against the lag, a panel per sample and source.

    Parameters
    ----------
    samples : for each sample its tables of curves (columns of ``curves.csv``) by source,
        ``real`` among them. Each reconstruction stands over the real curves. S2 is split into
        rows and columns where those differ in the real tiles.
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
    height = row_height(sum(rows), 2.1, besides=0.4)
    figure = Figure(figsize=(PAGE_WIDTH, height * sum(rows) + 0.4))
    grid = figure.add_gridspec(sum(rows), columns)
    letters = panel_letters()
    first_row = 0
    for (sample, sources), height in zip(samples.items(), rows, strict=True):
        names = source_names(sources)
        descriptors = _descriptors(sources[REAL])
        shared = None
        for place, (source, curves) in enumerate(sources.items()):
            cell = grid[first_row + place // columns, place % columns]
            axes = figure.add_subplot(cell, sharex=shared, sharey=shared)
            shared = shared or axes
            if source != REAL:
                _draw(axes, sources[REAL], descriptors, quantity, linewidth=2.6, alpha=0.35)
            dashes = "-" if source == REAL else (0, (3, 1.2))
            _draw(axes, curves, descriptors, quantity, linestyle=dashes)
            axes.set_title(f"{next(letters)} {names[source]}")
            axes.margins(x=0)
            axes.set_xlabel("lag $r$ [px]")
            if place % columns == 0:
                axes.set_ylabel(f"{sample}\n${quantity}_n(r)$ [–]")
            else:
                axes.tick_params(labelleft=False)
            micrometre_axis(axes, pixel_size_of(curves), "lag $r$ [µm]")
        first_row += height
    figure.legend(handles=_legend(samples, quantity), loc="outside lower center", ncols=9)
    return figure


def _descriptors(real: pd.DataFrame) -> tuple[str, ...]:
    pairs = ALONG_AXES if directions_apart(real, ALONG_AXES) else ("S2",)
    return (*pairs, *HIGHER_ORDERS)


def _draw(axes, curves: pd.DataFrame, descriptors, quantity: str, **line) -> None:
    shown = curves[(curves["quantity"] == quantity) & (curves["form"] == FORM[quantity])]
    for descriptor, curve in shown.groupby("descriptor", sort=False):
        if descriptor in descriptors:
            curve = curve.dropna(subset="mean")
            colour = DESCRIPTORS[descriptor].colour
            axes.plot(curve["lag_px"], curve["mean"], color=colour, **line)


def _legend(samples: Mapping, quantity: str) -> list[Line2D]:
    tables = [table for sources in samples.values() for table in sources.values()]
    at_hand = set().union(*(table["descriptor"] for table in tables))
    drawn = set().union(*(_descriptors(sources[REAL]) for sources in samples.values()))
    present = at_hand & drawn
    handles = [
        Line2D([], [], color=DESCRIPTORS[name].colour, label=descriptor_name(name, quantity))
        for name in ("S2", *ALONG_AXES, *HIGHER_ORDERS)
        if name in present
    ]
    if any(len(sources) > 1 for sources in samples.values()):
        handles.append(Line2D([], [], color=BLACK, linewidth=2.6, alpha=0.35, label="real"))
        handles.append(Line2D([], [], color=BLACK, linestyle=(0, (3, 1.2)), label="reconstructed"))
    return handles

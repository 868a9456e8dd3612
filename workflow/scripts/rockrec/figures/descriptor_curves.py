"""All descriptors of one or two sets of images, a panel for each."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from rockrec.figures.style import LINE_STYLES, METHOD_COLOURS, PAGE_WIDTH, descriptor_name, styled

PANELS_PER_ROW = 3


@styled
def plot_descriptors(sets: Mapping[str, pd.DataFrame]) -> Figure:
    """Plot the mean P_n (L, C2) of every descriptor with its 95 % band.

    Parameters
    ----------
    sets : tables of curves (columns of ``curves.csv``) by the name of the set.
    """
    curves = {name: table[table["quantity"] == "P"] for name, table in sets.items()}
    descriptors = list(dict.fromkeys(d for table in curves.values() for d in table["descriptor"]))
    columns = min(len(descriptors), PANELS_PER_ROW)
    rows = -(-len(descriptors) // columns)
    figure = Figure(figsize=(PAGE_WIDTH, 2 * rows + 0.4))
    for place, descriptor in enumerate(descriptors, start=1):
        axes = figure.add_subplot(rows, columns, place)
        for i, (name, table) in enumerate(curves.items()):
            curve = table[table["descriptor"] == descriptor].dropna(subset="mean")
            colour = METHOD_COLOURS[i]
            axes.fill_between(
                curve["lag_px"], curve["low"], curve["high"], color=colour, alpha=0.25, lw=0
            )
            axes.plot(
                curve["lag_px"], curve["mean"], color=colour, linestyle=LINE_STYLES[i], label=name
            )
        axes.set_xlabel("lag $r$ [px]")
        axes.set_ylabel(f"{descriptor_name(descriptor)} [–]")
    if len(sets) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure

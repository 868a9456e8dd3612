"""How tiles conduct, real and reconstructed: the distribution of their effective diffusivities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

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
from rockrec.plain.records.colours import BLACK, GRAY

PANELS = {"": "the phase conducts", "rest_": "the rest conducts", "contrast_": "both conduct"}
WHISKERS = (5, 95)  # %
APART = 0.2  # of the boxes along x and along y from their source's place


@styled
def plot_transport(samples: Mapping[str, Mapping[str, pd.DataFrame]]) -> Figure:
    """Plot boxes of the diffusivity along x and y: of the phase, of the rest, of both together.

    Parameters
    ----------
    samples : for each sample its lines of ``transport.csv`` by source, ``real`` among them.
    """
    samples = {name: one for name, one in samples.items() if any(map(len, one.values()))}
    if not samples:
        return missing("Effective diffusivity", ["no tile was measured"])
    height = row_height(len(samples), 2.8, besides=0.3)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(samples) + 0.3))
    grid = figure.subplots(len(samples), len(PANELS), squeeze=False)
    letters = panel_letters()
    for axes_of_row, (sample, sources) in zip(grid, samples.items(), strict=True):
        for axes, (which, title) in zip(axes_of_row, PANELS.items(), strict=True):
            _draw(axes, which, sources)
            axes.set_title(f"{next(letters)} {sample}: {title}")
        axes_of_row[0].set_ylabel("effective diffusivity")
    along = [
        Patch(edgecolor=BLACK, facecolor=GRAY, alpha=0.5, label="along x"),
        Patch(edgecolor=BLACK, facecolor="none", label="along y"),
    ]
    figure.legend(handles=along, loc="outside lower center", ncols=2)
    return figure


def _draw(axes: Axes, which: str, sources: Mapping[str, pd.DataFrame]) -> None:
    styles, names = method_styles(sources), source_names(all_sources({"": sources}))
    labels = []
    for place, (source, table) in enumerate(sources.items()):
        shares = []
        for axis, apart in (("x", -APART), ("y", APART)):
            values = table[f"diffusivity_{which}{axis}"].to_numpy()
            shares.append(f"{np.mean(values > 0):.0%}" if len(values) else "–")
            if len(values) == 0:
                continue
            colour = styles[source]["color"]
            box = axes.boxplot(
                values,
                positions=[place + apart],
                widths=1.6 * APART,
                whis=WHISKERS,
                showfliers=False,
                showmeans=True,
                patch_artist=True,
                manage_ticks=False,
                meanprops={"marker": "_", "markersize": 7, "markeredgecolor": colour},
                medianprops={"color": colour},
                whiskerprops={"color": colour},
                capprops={"color": colour},
                boxprops={"edgecolor": colour, "facecolor": "none"},
            )
            if axis == "x":
                box["boxes"][0].set_facecolor((*_rgb(colour), 0.35))
            if source == REAL:
                linestyle = "-" if axis == "x" else ":"
                axes.axhline(values.mean(), color=BLACK, linewidth=0.6, linestyle=linestyle)
        labels.append(f"{names[source]}\n{' | '.join(shares)}")
    axes.set_xticks(range(len(labels)), labels, fontsize=5.5)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    if which == "contrast_":
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))

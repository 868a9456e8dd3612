"""One style for all figures: colours, names, axes in px and µm, and files without dates."""

import itertools
import logging
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.records.colours import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION
from rockrec.plain.records.descriptors import DESCRIPTORS

log = logging.getLogger(__name__)

REAL = "real"
PAGE_WIDTH = 7.1  # inches; the text width of a two-column journal
PAGE_HEIGHT = 9.2  # inches; what a page holds above a caption

METHOD_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
LINE_STYLES = ("-", (0, (4, 1.2)), (0, (1, 1)), (0, (5, 1, 1, 1)))

APART_AT = 0.1  # share of the lags at which the bands of both must lie apart

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.04,
    "pdf.fonttype": 42,
    "svg.hashsalt": "rockrec",
    "axes.formatter.limits": (-6, 7),  # no power beside the axis: it would hit the µm axis
    "axes.formatter.useoffset": False,
}


def shared_style():
    """Return a context in which figures look alike, whatever style a user has for her own."""
    return mpl.style.context(RC, after_reset=True)


def styled(plot: Callable[..., Figure]) -> Callable[..., Figure]:
    """Decorate a function that makes a figure: it runs under the shared style."""
    return shared_style()(plot)


def save(figure: Figure, pdf: str | os.PathLike, png: str | os.PathLike, dpi: int) -> None:
    """Write `figure` as PDF and PNG, whole or not at all, the same bytes every time.

    `dpi` (dots per inch) is the resolution of the PNG, and of images within the PDF.
    """
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    with shared_style():
        with written_whole(pdf) as partial:
            figure.savefig(partial, format="pdf", dpi=dpi, metadata=undated)
        with written_whole(png) as partial:
            figure.savefig(partial, format="png", dpi=dpi, metadata={"Software": None})


@styled
def missing(what: str, why: Iterable[str]) -> Figure:
    """Return a page that says, as does the log, what figure stands here once its data exist."""
    why = list(why)
    log.warning("%s: nothing to show: %s", what, "; ".join(why))
    figure = Figure(figsize=(PAGE_WIDTH, 1.8))
    lines = [textwrap.fill(line, 90) for line in why]
    figure.text(0.5, 0.75, what, ha="center", va="center", fontsize=10)
    figure.text(0.5, 0.40, "\n".join(["nothing to show:", *lines]), ha="center", va="center")
    return figure


def row_height(rows: int, wanted: float, besides: float = 0.0, least: float = 1.2) -> float:
    """Return the height of a row in inches: `wanted`, or what lets all rows stand on one page.

    `besides` is what else the page holds. No row is lower than `least`: where that is too much
    for a page, the figure is longer.
    """
    return max(min(wanted, (PAGE_HEIGHT - besides) / max(rows, 1)), least)


def directions_apart(curves: pd.DataFrame, pair: tuple[str, str]) -> bool:
    """Whether two directions of S2 differ: their 95 % bands lie apart at a tenth of the lags.

    Parameters
    ----------
    curves : columns of ``curves.csv``. False where it holds not both directions.
    """
    one, other = (
        curves[(curves["descriptor"] == name) & (curves["quantity"] == "P")].set_index("lag_px")
        for name in pair
    )
    if one.empty or other.empty:
        return False
    return bool(((one["low"] > other["high"]) | (one["high"] < other["low"])).mean() > APART_AT)


def descriptor_name(descriptor: str, quantity: str = "P") -> str:
    """Return a descriptor as it is set in print, or the order's F for quantity ``F``."""
    if quantity == "F":
        descriptor = DESCRIPTORS[descriptor].scaled
    return f"${descriptor[0]}_{{{descriptor[1:]}}}$" if len(descriptor) > 1 else f"${descriptor}$"


def method_styles(sources: Iterable[str]) -> dict[str, dict]:
    """Colour and line style of every source: black for `REAL`, else by its place in the list.

    Replicates of one method (``wgan_gp/1``, ``wgan_gp/2``) share a colour.
    """
    sources = [source for source in sources if source != REAL]
    methods = list(dict.fromkeys(source.partition("/")[0] for source in sources))
    colours = dict(zip(methods, itertools.cycle(METHOD_COLOURS), strict=False))
    styles = {REAL: {"color": BLACK, "linestyle": "-"}}
    drawn = dict.fromkeys(methods, 0)
    for source in sources:
        method = source.partition("/")[0]
        rank = drawn[method] + methods.index(method) // len(METHOD_COLOURS)
        styles[source] = {
            "color": colours[method],
            "linestyle": LINE_STYLES[rank % len(LINE_STYLES)],
        }
        drawn[method] += 1
    return styles


def source_names(sources: Iterable[str]) -> dict[str, str]:
    """Return what each source is called in a legend: the replicate only where there are several."""
    sources = list(sources)
    replicates = [source.partition("/")[0] for source in sources]
    return {
        source: source if replicates.count(method) > 1 else method
        for source, method in zip(sources, replicates, strict=True)
    }


def micrometre_axis(axes: Axes, micrometres_per_pixel: float, label: str) -> Axes:
    """Add µm along the top of an axis in px (after the axis has its scale)."""
    return other_unit(axes, micrometres_per_pixel, label)


def other_unit(axes: Axes, per_unit: float, label: str) -> Axes:
    """Add along the top of an axis the same lengths in another unit, `per_unit` to one of its."""
    top = axes.secondary_xaxis("top", functions=(lambda x: x * per_unit, lambda x: x / per_unit))
    top.set_xlabel(label)
    return top


def few_log_ticks(axis: Axis) -> None:
    """Label a logarithmic axis at 1, 2 and 5 of each decade, without powers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())
    axis.set_tick_params(labelsize=5.5)


def room_for_legend(axes: Axes) -> None:
    """Stretch the y axis so that the legend stands above the data."""
    lines = len(axes.get_legend_handles_labels()[1])
    share = 0.065 * lines + 0.04
    axes.set_ylim(0, axes.get_ylim()[1] / (1 - min(share, 0.6)))
    axes.legend(loc="upper left", fontsize=6, labelspacing=0.25)


def pixel_size_of(curves) -> float:
    """Return the tile's pixel in µm, read off the two lag columns of a table of curves."""
    last = curves.loc[curves["lag_px"].idxmax()]
    return float(last["lag_um"] / last["lag_px"])


def panel_letters() -> Iterable[str]:
    """Yield (a), (b), …, (z), (aa), …"""
    for length in itertools.count(1):
        for letters in itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=length):
            yield f"({''.join(letters)})"


def all_sources(samples: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Return every source of every sample once, in order."""
    return list(dict.fromkeys(source for sources in samples.values() for source in sources))


def round_length(longest: float) -> float:
    """Return the longest of 1, 2, 5 × 10ᵏ that is not over `longest`."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9)))

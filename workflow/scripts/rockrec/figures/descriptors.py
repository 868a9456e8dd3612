"""Figures 9 and 10: all descriptors of several sets of images, a panel for each."""

import math
from collections.abc import Collection, Iterable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockrec.figures.style import (
    PAGE_WIDTH,
    REAL,
    descriptor_name,
    directions_apart,
    method_styles,
    micrometre_axis,
    missing,
    panel_letters,
    pixel_size_of,
    source_names,
    styled,
)
from rockrec.plain.records.descriptors import ALONG_AXES, DESCRIPTORS, DIRECTIONS, OBLIQUE, WITH_F

PANELS_PER_ROW = 4
SHOWN = tuple(name for name in DESCRIPTORS if name not in DIRECTIONS)
HIDDEN_IF_ZERO = tuple(name for name in SHOWN if name in WITH_F and DESCRIPTORS[name].order > 3)
ZERO = 1e-3  # of the phase fraction: a curve below it is zero to the eye
ZERO_FROM = 0.1  # of the largest lag


@styled
def plot_descriptors(
    sets: Mapping[str, pd.DataFrame],
    descriptors: Iterable[str] | None = None,
    *,
    quantity: str = "P",
    banded: Collection[str] | None = None,
    title: str = "",
) -> Figure:
    """Plot the mean curve of every descriptor of each set, with its 95 % band.

    Parameters
    ----------
    sets : tables of curves (columns of ``curves.csv``) by the name of the set.
    descriptors : a panel each, by default all that a table holds.
    quantity : ``P`` (P_n, L, C2), or ``F``: the pooled F_n where a descriptor has one.
    banded : sets that are drawn with their band, by default all.
    """
    tables = {name: _lines(table, quantity) for name, table in sets.items()}
    if descriptors is None:
        descriptors = dict.fromkeys(d for table in tables.values() for d in table["descriptor"])
    descriptors = list(descriptors)
    if not descriptors:
        return missing("Descriptors", ["no set of images has descriptors"])
    rows = -(-len(descriptors) // PANELS_PER_ROW)
    columns = -(-len(descriptors) // rows)  # rows filled evenly
    figure = Figure(figsize=(PAGE_WIDTH, 2.2 * rows + 0.5))
    letters = panel_letters()
    for place, descriptor in enumerate(descriptors, start=1):
        axes = figure.add_subplot(rows, columns, place)
        _draw(axes, tables, descriptor, sets if banded is None else banded)
        axes.set_xlabel("lag $r$ [px]")
        axes.set_ylabel(f"{_symbol(descriptor, quantity)} [–]")
        axes.set_title(next(letters))
        pixel_size = pixel_size_of(next(iter(tables.values())))
        if math.isfinite(pixel_size):  # images whose pixel size nobody states have px alone
            micrometre_axis(axes, pixel_size, "lag $r$ [µm]")
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=8)
    if len(sets) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


@styled
def plot_sample_descriptors(
    sample: str, sources: Mapping[str, pd.DataFrame], quantity: str = "P"
) -> Figure:
    """Plot the descriptors of one sample, real with its band and reconstructed.

    S2 is split by direction where the real tiles' directions differ. P_n of more than three points
    are left out where they are zero to the eye in every source, and the figure says so.

    Parameters
    ----------
    sources : tables of curves by source, ``real`` among them.
    """
    shown, left_out = panels_of(sources, quantity)
    named = " and ".join(descriptor_name(name) for name in left_out)
    lag = round(ZERO_FROM * sources[REAL]["lag_px"].max())
    why = f"; {named} left out: zero from r = {lag} px in every set" if left_out else ""
    what = "$P_n$" if quantity == "P" else "scaled autocovariance $F_n$, pooled"
    return plot_descriptors(
        {name: sources[source] for source, name in source_names(sources).items()},
        shown,
        quantity=quantity,
        banded=[REAL],
        title=f"{sample}: {what}{why}",
    )


def panels_of(sources: Mapping[str, pd.DataFrame], quantity: str) -> tuple[list[str], list[str]]:
    """Choose which descriptors to show, and name those that are left out as zero.

    P_n is zero if from a tenth of the largest lag on no source has more than a thousandth of
    the phase fraction. F_n, which begins at 1 whatever the phase fraction, is never left out.
    """
    real = sources[REAL]
    at_hand = set(real["descriptor"])
    names = [name for name in SHOWN if name in at_hand]
    along, oblique = (
        pair if directions_apart(real, pair) else () for pair in (ALONG_AXES, OBLIQUE)
    )
    if "S2" in names:
        names[:1] = [*(along or ["S2"]), *oblique]
    tables = [_lines(table, "P") for table in sources.values()]
    left_out = [
        name
        for name in HIDDEN_IF_ZERO
        if quantity == "P" and name in names and all(_is_zero(table, name) for table in tables)
    ]
    return [name for name in names if name not in left_out], left_out


def _is_zero(curves: pd.DataFrame, descriptor: str) -> bool:
    curve = curves[curves["descriptor"] == descriptor].dropna(subset="mean")
    far = curve.loc[curve["lag_px"] >= ZERO_FROM * curves["lag_px"].max(), "mean"]
    return bool((far <= ZERO * curve["mean"].max()).all())


def _lines(curves: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """The lines of a quantity: of F the pooled, beside P where a descriptor has no F."""
    scaled = (curves["quantity"] == "F") & (curves["form"] == "pooled")
    plain = curves["quantity"] == "P"
    if quantity == "P":
        return curves[plain]
    has_f = set(curves.loc[scaled, "descriptor"])
    return curves[scaled | (plain & ~curves["descriptor"].isin(has_f))]


def _draw(axes: Axes, tables: Mapping, descriptor: str, banded: Collection[str]) -> None:
    styles = method_styles(tables)
    for name, table in tables.items():
        curve = table[table["descriptor"] == descriptor].dropna(subset="mean")
        if name in banded:
            axes.fill_between(
                curve["lag_px"],
                curve["low"],
                curve["high"],
                color=styles[name]["color"],
                alpha=0.25,
                linewidth=0,
                label=f"95 % band of {name}, pointwise",
            )
        axes.plot(curve["lag_px"], curve["mean"], label=name, **styles[name])
    axes.set_xlim(0)


def _symbol(descriptor: str, quantity: str) -> str:
    scaled = quantity == "F" and descriptor in WITH_F
    return descriptor_name(descriptor, "F" if scaled else "P") + "$(r)$"

"""Figure 5: representative elementary size by a scaled descriptor, F2 if not asked otherwise."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from rockrec.figures.style import (
    PAGE_WIDTH,
    descriptor_name,
    few_log_ticks,
    micrometre_axis,
    missing,
    panel_letters,
    pixel_size_of,
    row_height,
    styled,
)
from rockrec.plain.records.colours import BLACK, GRAY, VERMILLION
from rockrec.plain.records.descriptors import WITH_F

FORMS = {
    "pooled": {"color": BLACK, "marker": "o", "label": "pooled"},
    "per_image": {"color": GRAY, "marker": "s", "label": "per image"},
}
MAGNIFIED = 3  # depth of the magnified view below zero, in widest half-bands


@styled
def plot_res(samples: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Figure:
    """Plot the scaled curve by size, its tail magnified, and the error to the largest size.

    Parameters
    ----------
    samples : for each sample the tables of ``res/curves.csv`` and ``res/errors.csv``.
    """
    if not samples:
        return missing("Representative elementary size", ["no sample has a RES analysis"])
    height = row_height(len(samples), 2.6, besides=0.3)
    figure = Figure(figsize=(PAGE_WIDTH, height * len(samples) + 0.3))
    grid = figure.add_gridspec(len(samples), 3)
    letters = panel_letters()
    for row, (sample, (curves, errors)) in enumerate(samples.items()):
        pooled = curves[curves["form"] == "pooled"]
        symbol = _symbol(errors["descriptor"].iloc[0])
        pixel_size = pixel_size_of(curves)
        whole, tail, error = (figure.add_subplot(grid[row, column]) for column in range(3))
        for axes in (whole, tail):
            _draw_curves(axes, pooled)
            axes.set_xscale("log")
            top = micrometre_axis(axes, pixel_size, "lag $r$ [µm]")
            for axis in (axes.xaxis, top.xaxis):
                few_log_ticks(axis)
            axes.set_xlabel("lag $r$ [mosaic px]")
            axes.set_ylabel(f"{symbol}, pooled [–]")
        whole.set_ylim(top=1.25)  # the curve begins at 1; above it stands the legend
        _magnify(tail, pooled)
        whole.legend(
            title="size [px]",
            fontsize=5.5,
            title_fontsize=6,
            loc="upper right",
            ncols=2,
            columnspacing=1,
            handlelength=1.2,
        )
        _draw_errors(error, errors, pixel_size, symbol)
        whole.set_title(f"{next(letters)} {sample}")
        tail.set_title(f"{next(letters)} magnified")
        error.set_title(f"{next(letters)} {_chosen(errors, pixel_size)}")
    handles, labels = error.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=4)
    return figure


def _draw_curves(axes: Axes, curves: pd.DataFrame) -> None:
    sizes = sorted(curves["size_px"].unique())
    shades = mpl.colormaps["viridis_r"](np.linspace(0.08, 0.85, len(sizes) - 1))
    beyond_zero = curves[curves["lag_px"] > 0]
    largest = beyond_zero[beyond_zero["size_px"] == sizes[-1]]
    axes.fill_between(
        largest["lag_px"], largest["low"], largest["high"], color=GRAY, alpha=0.45, linewidth=0
    )
    for size, shade in zip(sizes, [*shades, BLACK], strict=True):
        curve = beyond_zero[beyond_zero["size_px"] == size]
        label = f"{size}, 95 % band" if size == sizes[-1] else str(size)
        axes.plot(curve["lag_px"], curve["mean"], color=shade, linewidth=1, label=label)
    axes.axhline(0, color=GRAY, linewidth=0.5, zorder=0)


def _magnify(axes: Axes, curves: pd.DataFrame) -> None:
    """Zoom to where the largest size's curve comes to rest, and all sizes still differ."""
    largest = curves[curves["size_px"] == curves["size_px"].max()].set_index("lag_px")
    ends = curves.loc[curves.groupby("size_px")["lag_px"].idxmax()]
    apart = (ends["mean"].to_numpy() - largest.loc[ends["lag_px"], "mean"].to_numpy()).max()
    half_band = (largest["high"] - largest["low"]).max() / 2
    height = max(MAGNIFIED * half_band, 1.5 * abs(apart), 0.02)
    resting = largest.index[largest["mean"] < 3 * height]
    axes.set_ylim(-height, 3 * height)
    axes.set_xlim(max(resting.min(), 1) if len(resting) else 1, largest.index.max())


def _symbol(descriptor: str) -> str:
    """How a descriptor's scaled curve is written: F_2(r), L(r)/phi."""
    if descriptor in WITH_F:
        return descriptor_name(descriptor, "F") + "$(r)$"
    return descriptor_name(descriptor) + r"$(r)/\phi$"


def _draw_errors(axes: Axes, errors: pd.DataFrame, pixel_size: float, symbol: str) -> None:
    for form, style in FORMS.items():
        shown = errors[errors["form"] == form]
        spread = np.abs(shown[["error_low", "error_high"]].to_numpy().T - shown["error"].to_numpy())
        axes.errorbar(
            shown["size_px"],
            shown["error"],
            spread,
            markersize=3,
            linewidth=1,
            elinewidth=0.7,
            capsize=2,
            **style,
        )
        axes.plot(
            shown["size_px"],
            shown["threshold"],
            color=style["color"],
            linestyle=":",
            linewidth=1,
            label=f"threshold, {style['label']}",
        )
        chosen = shown[shown["res"].astype(bool)]
        axes.plot(
            chosen["size_px"],
            chosen["error"],
            "o",
            color=VERMILLION,
            markersize=9,
            fillstyle="none",
            markeredgewidth=1.4,
            zorder=5,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("size [mosaic px]")
    axes.set_ylabel(f"MSE of {symbol} to {errors['size_px'].max()} px [–]")
    top = micrometre_axis(axes, pixel_size, "size [µm]")
    sizes = np.sort(errors["size_px"].unique())
    for axis, ticks in ((axes.xaxis, sizes), (top.xaxis, sizes * pixel_size)):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:.4g}")
        axis.set_tick_params(rotation=45)


def _chosen(errors: pd.DataFrame, pixel_size: float) -> str:
    chosen = errors.loc[(errors["form"] == "pooled") & errors["res"].astype(bool), "size_px"]
    if chosen.empty:
        return "no size is representative"
    if chosen.iloc[0] == errors["size_px"].max():
        return f"RES not below {chosen.iloc[0]} px"
    return f"RES = {chosen.iloc[0]} px = {chosen.iloc[0] * pixel_size:.4g} µm"

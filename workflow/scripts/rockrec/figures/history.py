"""Figure 2: the workflow, and how each reconstruction was fitted, by training or annealing."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from rockrec.figures.style import (
    PAGE_WIDTH,
    method_styles,
    panel_letters,
    row_height,
    source_names,
    styled,
)
from rockrec.figures.workflow import draw_workflow
from rockrec.plain.records.colours import BLACK, BLUE, GRAY, GREEN, SKY, VERMILLION

DRAWING, LEGEND = 2.2, 0.5  # inches, the heights of the workflow and of the legend
SMOOTHED_OVER = 50  # points of the losses' running median, at most a tenth of all
MOST_LINES = 20  # annealed realisations drawn, of each method


@styled
def plot_history(
    kinds: Mapping[str, str],
    trainings: Mapping[str, pd.DataFrame],
    annealings: Mapping[str, Mapping[str, pd.DataFrame]],
) -> Figure:
    """Draw the workflow, and below it how each reconstruction was fitted.

    Of each network the losses (with the probability of ADA where it has one), the S2 error with
    its floor, and the score by which the kept step was chosen; of a sample's annealed
    realisations energy, share of moves accepted and temperature.

    Parameters
    ----------
    kinds : the kind of each method by its label.
    trainings : tables with the columns of a network's ``history.csv``, by label.
    annealings : by sample, and by method, tables with the columns of annealing's ``history.csv``.
    """
    rows = len(trainings) + len(annealings)
    height = row_height(rows, 2.1, besides=DRAWING + LEGEND, least=1.35)
    figure = Figure(figsize=(PAGE_WIDTH, DRAWING + max(rows, 0.3) * height))
    drawing, *below = figure.subfigures(
        2, 1, height_ratios=(DRAWING, max(rows, 0.3) * height), squeeze=True
    )
    letters = panel_letters()
    axes = drawing.subplots()
    draw_workflow(axes, kinds)
    axes.set_title(f"{next(letters)} workflow")
    if not rows:
        below[0].text(0.5, 0.5, "nothing was trained or annealed", ha="center", va="center")
        return figure
    grid = below[0].subplots(rows, 3, squeeze=False)
    drawn = [(_draw_training, label, history) for label, history in trainings.items()]
    drawn += [
        (_draw_annealing, f"{sample}, annealing", runs) for sample, runs in annealings.items()
    ]
    for panels, (draw, label, history) in zip(grid, drawn, strict=True):
        for axes in panels:
            axes.set_title(next(letters))
        panels[0].set_title(f"{panels[0].get_title(loc='left')} {label}")
        draw(panels, history)
    if trainings:
        figure.legend(handles=_legend(), loc="outside lower center", ncols=3)
    return figure


def _legend() -> list[Line2D]:
    """What the lines of a training are."""
    ring = {"marker": "o", "fillstyle": "none", "linestyle": "", "markeredgewidth": 1.4}
    return [
        Line2D([], [], color=SKY, label="discriminator"),
        Line2D([], [], color=VERMILLION, label="generator"),
        Line2D([], [], color=BLUE, label="$S_2$ of validation tiles"),
        Line2D([], [], color=GREEN, label="score of all $F_n$ and $L$"),
        Line2D([], [], color=BLACK, linestyle=":", label="floor: two sets of real tiles"),
        Line2D([], [], color=VERMILLION, label="the step that is kept", **ring),
    ]


def _draw_training(panels: Sequence[Axes], history: pd.DataFrame) -> None:
    losses, s2_error, score = panels
    _draw_losses(losses, history)
    if "ada_p" in history and history["ada_p"].notna().any():
        _draw_probability(losses.twinx(), history)
    checks = history.dropna(subset="s2_error")
    s2_error.plot(checks["step"], checks["s2_error"], color=BLUE)
    s2_error.plot(checks["step"], checks["s2_floor"], color=BLACK, linestyle=":")
    s2_error.set_ylabel("MSE of $S_2$ [–]")
    score.plot(checks["step"], checks["score"], color=GREEN)
    score.axhline(1, color=BLACK, linestyle=":")
    score.set_ylabel("score [floors]")
    kept = checks[checks["kept"].astype(bool)]
    for axes, column in ((s2_error, "s2_error"), (score, "score")):
        axes.plot(
            kept["step"],
            kept[column],
            "o",
            color=VERMILLION,
            markersize=8,
            fillstyle="none",
            markeredgewidth=1.4,
        )
        _to_whole_decades(axes)
        axes.set_xlabel("generator step")
        axes.margins(x=0.05)
    steps = ", ".join(f"step {step}" for step in kept["step"])
    score.set_title(f"kept: {steps}", loc="right", fontsize=7, color=VERMILLION)


def _to_whole_decades(axes: Axes) -> None:
    """Make the vertical axis logarithmic, from a power of ten to another, and label only these."""
    values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.lines])
    exponents = np.log10(values[np.isfinite(values) & (values > 0)])
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    if exponents.size:
        # A little beyond the values, for the ring.
        axes.set_ylim(10 ** np.floor(exponents.min() - 0.1), 10 ** np.ceil(exponents.max() + 0.1))


def _draw_losses(axes: Axes, history: pd.DataFrame) -> None:
    for column, colour in (("loss_discriminator", SKY), ("loss_generator", VERMILLION)):
        known = history.dropna(subset=column)
        points = min(SMOOTHED_OVER, max(len(known) // 10, 1))
        median = known[column].rolling(points, center=True, min_periods=1).median()
        axes.plot(known["step"], known[column], color=colour, linewidth=0.4, alpha=0.4)
        axes.plot(known["step"], median, color=colour)
    axes.axhline(0, color=GRAY, linewidth=0.5, zorder=0)
    axes.set_xlabel("generator step")
    axes.set_ylabel("loss [–]")


def _draw_probability(axes: Axes, history: pd.DataFrame) -> None:
    known = history.dropna(subset="ada_p")
    axes.plot(known["step"], known["ada_p"], color=GREEN, linewidth=0.8)
    axes.set_ylim(0, 1)
    axes.set_ylabel("$p$ of ADA [–]", color=GREEN)


def _draw_annealing(panels: Sequence[Axes], runs: Mapping[str, pd.DataFrame]) -> None:
    quantities = (
        ("energy", "energy [–]"),
        ("acceptance", "moves accepted [–]"),
        ("temperature", "temperature [–]"),
    )
    styles, names = method_styles(runs), source_names(runs)
    for axes, (column, label) in zip(panels, quantities, strict=True):
        for method, history in runs.items():
            realisations = history["realisation"].unique()[:MOST_LINES]
            for i, realisation in enumerate(realisations):
                run = history[(history["realisation"] == realisation) & (history[column] > 0)]
                legend = f"{names[method]}: {len(realisations)} realisations" if i == 0 else None
                style = styles[method] | {"linewidth": 0.6, "alpha": 0.6, "label": legend}
                axes.plot(run["stage"], run[column], **style)
        axes.set_yscale("log")
        axes.set_xlabel("annealing stage")
        axes.set_ylabel(label)
    bottom, top = panels[-1].get_ylim()
    panels[-1].set_ylim(top=top * (top / bottom) ** 0.5)  # room for the legend
    panels[-1].legend(loc="upper right", fontsize=6, labelspacing=0.2)

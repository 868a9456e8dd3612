"""Figure 2b: how each reconstruction was fitted, by training a GAN or by annealing."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockrec.figures.style import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    PAGE_WIDTH,
    SKY,
    VERMILLION,
    missing,
    panel_letters,
    styled,
)

SMOOTHED_OVER = 50  # points of the losses' running median
MOST_LINES = 20  # annealed realisations drawn


@styled
def plot_history(histories: Mapping[str, pd.DataFrame]) -> Figure:
    """Plot how each reconstruction was fitted, a row each.

    Of a GAN the losses, the S2 error with its floor, and the score by which the kept step was
    chosen; of annealing energy, share of moves accepted and temperature.

    Parameters
    ----------
    histories : by label, tables with the columns of a GAN's or of annealing's ``history.csv``.

    Raises
    ------
    ValueError
        If a table is neither.
    """
    histories = {label: history for label, history in histories.items() if len(history)}
    if not histories:
        return missing("Training history", ["no method has been trained or annealed"])
    figure = Figure(figsize=(PAGE_WIDTH, 2.1 * len(histories)))
    grid = figure.add_gridspec(len(histories), 3)
    letters = panel_letters()
    for row, (label, history) in enumerate(histories.items()):
        panels = [figure.add_subplot(grid[row, column]) for column in range(3)]
        if "loss_generator" in history:
            _draw_training(panels, history)
        elif "energy" in history:
            _draw_annealing(panels, history)
        else:
            raise ValueError(f"{label}: history with columns {list(history)} is of no known kind")
        for axes in panels:
            axes.set_title(next(letters))
        panels[0].set_title(f"{panels[0].get_title(loc='left')} {label}")
    return figure


def _draw_training(panels: Sequence[Axes], history: pd.DataFrame) -> None:
    losses, s2_error, score = panels
    _draw_losses(losses, history)
    checks = history.dropna(subset="s2_error")
    s2_error.plot(checks["step"], checks["s2_error"], color=BLUE, label="validation tiles")
    s2_error.plot(
        checks["step"], checks["s2_floor"], color=BLACK, linestyle=":", label="floor of real tiles"
    )
    s2_error.set_ylabel("MSE of mean $S_2$ [–]")
    score.plot(checks["step"], checks["score"], color=GREEN, label="score")
    score.axhline(1, color=BLACK, linestyle=":", label="floor of real tiles")
    score.set_ylabel("score of all $F_n$ and $L$ [floors]")
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
            label="kept: " + ", ".join(f"step {step}" for step in kept["step"]),
        )
        axes.set_yscale("log")
        axes.set_xlabel("generator step")
        axes.legend(fontsize=6)


def _draw_losses(axes: Axes, history: pd.DataFrame) -> None:
    losses = (
        ("loss_discriminator", SKY, "discriminator"),
        ("loss_generator", VERMILLION, "generator"),
    )
    for column, colour, name in losses:
        known = history.dropna(subset=column)
        median = known[column].rolling(SMOOTHED_OVER, center=True, min_periods=1).median()
        axes.plot(known["step"], known[column], color=colour, linewidth=0.4, alpha=0.4)
        axes.plot(known["step"], median, color=colour, label=name)
    axes.axhline(0, color=GRAY, linewidth=0.5, zorder=0)
    axes.set_xlabel("generator step")
    axes.set_ylabel("loss [–]")
    axes.legend(fontsize=6)


def _draw_annealing(panels: Sequence[Axes], history: pd.DataFrame) -> None:
    realisations = history["realisation"].unique()[:MOST_LINES]
    quantities = (
        ("energy", "energy (Eq. 3) [–]"),
        ("acceptance", "share of moves accepted [–]"),
        ("temperature", "temperature [–]"),
    )
    for axes, (column, label) in zip(panels, quantities, strict=True):
        for realisation in realisations:
            run = history[(history["realisation"] == realisation) & (history[column] > 0)]
            axes.plot(run["stage"], run[column], color=BLUE, linewidth=0.6, alpha=0.6)
        axes.set_yscale("log")
        axes.set_xlabel("annealing stage")
        axes.set_ylabel(label)
    panels[0].set_title(f"{len(realisations)} realisations", loc="right", fontsize=7)

"""Figure 2b: how each reconstruction was fitted, by training a GAN or by annealing."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockrec.figures.style import (
    BLACK,
    BLUE,
    GRAY,
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
    """Plot losses and S2 error of GANs, energy and acceptance of annealing, a row each.

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
    figure = Figure(figsize=(PAGE_WIDTH, 2.3 * len(histories)))
    grid = figure.add_gridspec(len(histories), 2)
    letters = panel_letters()
    for row, (label, history) in enumerate(histories.items()):
        left, right = (figure.add_subplot(grid[row, column]) for column in range(2))
        if "loss_generator" in history:
            titles = "losses", "error of the mean $S_2$"
            _draw_losses(left, history)
            _draw_s2_error(right, history)
        elif "energy" in history:
            titles = "energy (Eq. 3)", "accepted moves"
            _draw_stages(left, history, "energy", "energy [–]")
            left.set_yscale("log")
            _draw_stages(right, history, "acceptance", "share of moves accepted [–]")
            right.set_yscale("log")
        else:
            raise ValueError(f"{label}: history with columns {list(history)} is of no known kind")
        for axes, title in zip((left, right), titles, strict=True):
            axes.set_title(f"{next(letters)} {label}: {title}")
    return figure


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
    axes.legend()


def _draw_s2_error(axes: Axes, history: pd.DataFrame) -> None:
    checks = history.dropna(subset="s2_error")
    axes.plot(
        checks["step"], checks["s2_error"], color=BLUE, label="$S_2$ error to validation tiles"
    )
    axes.plot(
        checks["step"], checks["s2_floor"], color=BLACK, linestyle=":", label="floor of real tiles"
    )
    kept = checks[checks["kept"].astype(bool)]
    axes.plot(
        kept["step"],
        kept["s2_error"],
        "o",
        color=VERMILLION,
        markersize=8,
        fillstyle="none",
        markeredgewidth=1.4,
        label="weights kept, " + ", ".join(f"step {s}" for s in kept["step"]),
    )
    axes.set_yscale("log")
    axes.set_xlabel("generator step")
    axes.set_ylabel("MSE of $S_2$ [–]")
    axes.legend()


def _draw_stages(axes: Axes, history: pd.DataFrame, column: str, label: str) -> None:
    realisations = history["realisation"].unique()
    for realisation in realisations[:MOST_LINES]:
        run = history[(history["realisation"] == realisation) & (history[column] > 0)]
        axes.plot(run["stage"], run[column], color=BLUE, linewidth=0.6, alpha=0.6)
    drawn = min(len(realisations), MOST_LINES)
    axes.text(
        0.98,
        0.97,
        f"{drawn} of {len(realisations)} realisations",
        transform=axes.transAxes,
        ha="right",
        va="top",
    )
    axes.set_xlabel("annealing stage")
    axes.set_ylabel(label)

"""Tables as HTML: architectures, settings and costs of methods, phase fractions."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from rockrec.report.templates import fragment
from rockrec.tables.costs import PAPER_CORES
from rockrec.tables.settings import merged

FOLDED = ("BatchNorm", "Norm", "ReLU", "Tanh", "Sigmoid", "Blur")
NO_NETWORK = "No method of this experiment is a network."


@dataclass(frozen=True)
class Sheet:
    """A table to be printed: text and numbers, row by row."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]


def architecture_fragment(table: pd.DataFrame) -> str:
    """Return `rockrec.tables.architectures` as HTML: one table per network, a line per layer."""
    sheets = []
    for (samples, method, network), layers in table.groupby(
        ["samples", "method", "network"], sort=False
    ):
        head = ("layer", "kernel, stride", "then", "output", "parameters")
        total = ("all", "", "", "", int(layers["parameters"].sum()))
        title = f"{method}, {network} ({samples})"
        sheets.append(Sheet(title, head, [*_folded(layers), total]))
    note = (
        "Read from the networks that were trained: layers in the order in which data pass them, "
        "what follows a convolution beside it, outputs as channels x height x width [px]."
    )
    return fragment("plain.html.j2", sheets=sheets, note=note, empty=NO_NETWORK)


def _folded(layers: pd.DataFrame) -> list[tuple]:
    """Put normalisations and activations on the line of the layer before them."""
    rows: list[list] = []
    for layer in layers.itertuples():
        if rows and any(part in layer.kind for part in FOLDED):
            rows[-1][2] = ", ".join(filter(None, [rows[-1][2], layer.kind]))
            rows[-1][4] += int(layer.parameters)
        else:
            output = str(layer.channels)
            if not pd.isna(layer.height):
                output += f" x {layer.height:.0f} x {layer.width:.0f}"
            rows.append([layer.kind, layer.details, "", output, int(layer.parameters)])
    return [tuple(row) for row in rows]


def settings_fragment(table: pd.DataFrame) -> str:
    """Return `rockrec.tables.settings` as HTML: a line per setting, a column per method."""
    columns = merged(table)
    rows = [(name, *values) for name, values in zip(columns.index, columns.values, strict=True)]
    sheets = [Sheet("", ("setting", *columns.columns), rows)] if rows else []
    note = (
        "As the run recorded them beside each method's realisations; units in config/README.md. In "
        "square brackets the paper's value, where it states one."
    )
    return fragment("plain.html.j2", sheets=sheets, note=note, empty="There is no method.")


def cost_fragment(table: pd.DataFrame) -> str:
    """Return `rockrec.tables.costs` as HTML, a table per sample."""
    head = (
        "method",
        "training",
        "on",
        "time per realisation",
        "on",
        "converged",
        "speed-up over annealing",
    )
    sheets = [
        Sheet(sample, head, [_cost_row(run, lines) for run in lines.itertuples()])
        for sample, lines in table.groupby("sample", sort=False)
    ]
    note = (
        f"Speed-up: seconds that {PAPER_CORES} cores would take to anneal a realisation, over "
        "the seconds in which the network drew one, on the hardware named; in brackets one core "
        "against one core. Training times contain the checks. "
        "Converged: annealed realisations at the stopping energy; the others are the best met. "
        "The paper: 128 realisations of 128 x 128 px in 4 s on two GPUs against 2 h on 24 cores, "
        "1,800 times; training 3 h."
    )
    return fragment("plain.html.j2", sheets=sheets, note=note, empty="There is no method.")


def _cost_row(run, lines: pd.DataFrame) -> tuple[str, ...]:
    several = (lines["method"] == run.method).sum() > 1
    training = speed_up = converged = "–"
    if pd.notna(run.training_hours):
        training = (
            f"{duration(3600 * run.training_hours)} for {run.steps:,.0f} steps; kept is step "
            f"{run.kept_step:,.0f}, after {duration(3600 * run.hours_to_kept)}"
        )
    if pd.notna(run.converged):
        converged = f"{run.converged:,.0f} of {run.realisations:,.0f}"
    if pd.notna(run.speed_up):
        speed_up = f"{times(run.speed_up)} {run.annealing}"
        if pd.notna(run.speed_up_one_core):
            speed_up += f" ({times(run.speed_up_one_core)} by core)"
    return (
        f"{run.method}/{run.replicate}" if several else run.method,
        training,
        _or_dash(run.training_hardware),
        "–" if pd.isna(run.seconds_per_realisation) else duration(run.seconds_per_realisation),
        _or_dash(run.sampling_hardware),
        converged,
        speed_up,
    )


def fraction_fragment(table: pd.DataFrame) -> str:
    """Return `rockrec.tables.phase_fractions` as HTML."""
    begin = "half_width_"
    halves = [name for name in table if name.startswith(begin)]
    head = ("sample", "found", "by points", "95 % interval", "points judged")
    rows = [
        (
            one["sample"],
            f"{one['found']:.4f}",
            *(
                (f"{one['fraction']:.4f}", f"{one['low']:.4f} to {one['high']:.4f}")
                if one["points"]
                else ("–", "not known")
            ),
            int(one["points"]),
            *(f"± {one[name]:.2g}" for name in halves),
        )
        for one in table.to_dict("records")
    ]
    head += tuple(f"{int(name.removeprefix(begin)):,} points" for name in halves)
    note = (
        "Found: by the segmentation. By points: of random points that were judged, whatever the "
        "model is worth. The last columns: what interval so many points would give, as far as the "
        "model doubts justly."
    )
    return fragment(
        "plain.html.j2", sheets=[Sheet("Phase fraction", head, rows)], note=note, empty=""
    )


def _or_dash(text: object) -> str:
    return "–" if pd.isna(text) else str(text)


def times(factor: float) -> str:
    """Write a factor: 0.2 times, 13 times, 1,800 times."""
    return f"{factor:,.2g} times" if factor < 10 else f"{factor:,.0f} times"


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it: 3.2 ms, 41 s, 12 min, 33 h."""
    for unit, length in (("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{1000 * seconds:.3g} ms"

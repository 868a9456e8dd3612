"""What training and sampling cost, and how much faster a network draws than annealing anneals."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from rockrec.plain.records.descriptors import is_s2_alone

COLUMNS = (
    "sample",
    "method",
    "replicate",
    "kind",
    "training_hours",
    "hours_to_kept",
    "steps",
    "kept_step",
    "training_hardware",
    "seconds_per_realisation",
    "sampling_hardware",
    "annealing",
    "speed_up",
    "speed_up_one_core",
)
PAPER_CORES = 24  # the paper's annealing ran on 24 cores, its networks on two GPUs


@dataclass(frozen=True)
class Run:
    """One replicate of a method.

    Attributes
    ----------
    provenance : what ``provenance.json`` holds.
    history : a network's ``history.csv``; None for what is not trained.
    """

    sample: str
    method: str
    replicate: str
    provenance: dict
    history: pd.DataFrame | None = None

    @property
    def kind(self) -> str:
        return self.provenance["settings"]["kind"]


def cost_table(runs: Iterable[Run]) -> pd.DataFrame:
    """Say for each run how long it took, on what, and how it stands to annealing.

    Returns
    -------
    One line per run. ``training_hours`` and ``hours_to_kept`` [h] (checks included), ``steps``
    and ``kept_step``: networks only. ``seconds_per_realisation``: seconds of one realisation, of
    annealing on one core. ``annealing``: the annealed method, fitted to S2 alone where there is
    one, that ``speed_up`` refers to: its seconds on 24 cores, as in the paper, over the
    network's as it was run. ``speed_up_one_core``: seconds of one core over seconds of one
    core, for networks that drew on a CPU. Stacks made elsewhere have no costs.
    """
    runs = list(runs)
    rows = [_row(run, _annealed_beside(run, runs)) for run in runs]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(run: Run, annealed: tuple[str, float] | None) -> dict:
    row = {"sample": run.sample, "method": run.method, "replicate": run.replicate, "kind": run.kind}
    told = run.provenance
    processor = told["machine"].get("processor", "processor not recorded")
    if run.kind == "sa":
        row["seconds_per_realisation"] = told["core_seconds_per_realisation"]
        row["sampling_hardware"] = f"{processor}, 1 core"
    if run.history is not None:
        seconds = told["seconds_per_realisation"]
        row |= _training(run.history, processor)
        row["seconds_per_realisation"] = seconds
        row["sampling_hardware"] = _hardware(told["device"], processor)
        if annealed is not None:
            row["annealing"], core_seconds = annealed
            row["speed_up"] = core_seconds / PAPER_CORES / seconds
            if told["device"].startswith("CPU"):
                row["speed_up_one_core"] = core_seconds / (seconds * told["threads"])
    return row


def _training(history: pd.DataFrame, processor: str) -> dict:
    kept = history[history["kept"].astype(bool)].iloc[0]
    devices = dict.fromkeys(_hardware(name, processor) for name in history["device"])
    return {
        "training_hours": history["seconds"].iloc[-1] / 3600,
        "hours_to_kept": kept["seconds"] / 3600,
        "steps": int(history["step"].iloc[-1]),
        "kept_step": int(kept["step"]),
        "training_hardware": ", then ".join(devices),
    }


def _hardware(device: str, processor: str) -> str:
    return f"{processor}{device.removeprefix('CPU')}" if device.startswith("CPU") else device


def _annealed_beside(run: Run, runs: list[Run]) -> tuple[str, float] | None:
    """The annealed method that a network of the same sample is held against, and its seconds."""
    annealed = [other for other in runs if other.kind == "sa" and other.sample == run.sample]
    if not annealed:
        return None
    to_s2 = [one for one in annealed if is_s2_alone(one.provenance["settings"]["targets"])]
    method = (to_s2 or annealed)[0].method
    seconds = [
        one.provenance["core_seconds_per_realisation"] for one in annealed if one.method == method
    ]
    return method, float(pd.Series(seconds).median())

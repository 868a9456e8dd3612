"""What training and sampling cost, and how much faster a network draws than annealing anneals."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rockrec.plain.records.descriptors import is_s2_alone
from rockrec.plain.records.kinds import KINDS

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
    "realisations",
    "converged",
    "annealing",
    "speed_up",
    "speed_up_one_core",
)
PAPER_CORES = 24  # the paper's annealing ran on 24 cores, its networks on two GPUs


@dataclass(frozen=True)
class Replicate:
    """What one replicate of a method of a sample made.

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

    @classmethod
    def read(
        cls, owner: Sequence, provenance: str, history: pd.DataFrame | None = None
    ) -> "Replicate":
        """Read its ``provenance.json``; `owner` is (sample, experiment, method, replicate, ...)."""
        sample, _, method, replicate, *_ = owner
        told = json.loads(Path(provenance).read_text(encoding="utf-8"))
        return cls(sample, method, str(replicate), told, history)

    @property
    def kind(self) -> str:
        return self.provenance["settings"]["kind"]

    @property
    def is_annealed(self) -> bool:
        return KINDS[self.kind].is_annealed


def cost_table(replicates: Iterable[Replicate]) -> pd.DataFrame:
    """Say for each replicate how long it took, on what, and how it stands to annealing.

    Returns
    -------
    One line each. ``training_hours`` and ``hours_to_kept`` [h] (checks included), ``steps``
    and ``kept_step``: networks only. ``seconds_per_realisation``: seconds of one realisation, of
    annealing and quilting on one core. ``realisations``, and of them ``converged`` to the stopping
    energy: annealing only. ``annealing``: the annealed method, fitted to S2 alone
    where there is one, that ``speed_up`` refers to: its seconds on 24 cores, as in the paper, over
    the network's as it was drawn. ``speed_up_one_core``: seconds of one core over seconds of one
    core, for networks that drew on a CPU. Stacks made elsewhere have no costs.
    """
    replicates = list(replicates)
    rows = [_row(one, _annealed_beside(one, replicates)) for one in replicates]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(one: Replicate, annealed: tuple[str, float] | None) -> dict:
    row = {"sample": one.sample, "method": one.method, "replicate": one.replicate, "kind": one.kind}
    told = one.provenance
    processor = told["machine"].get("processor", "processor not recorded")
    if "core_seconds_per_realisation" in told:
        row["seconds_per_realisation"] = told["core_seconds_per_realisation"]
        row["sampling_hardware"] = f"{processor}, 1 core"
    if "converged" in told:
        row |= {"realisations": told["settings"]["realisations"], "converged": told["converged"]}
    if one.history is not None:
        seconds = told["seconds_per_realisation"]
        row |= _training(one.history, processor)
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


def _annealed_beside(one: Replicate, replicates: list[Replicate]) -> tuple[str, float] | None:
    """The annealed method that a network of the same sample is held against, and its seconds."""
    annealed = [other for other in replicates if other.is_annealed and other.sample == one.sample]
    if not annealed:
        return None
    to_s2 = [one for one in annealed if is_s2_alone(one.provenance["settings"]["targets"])]
    method = (to_s2 or annealed)[0].method
    seconds = [
        one.provenance["core_seconds_per_realisation"] for one in annealed if one.method == method
    ]
    return method, float(pd.Series(seconds).median())

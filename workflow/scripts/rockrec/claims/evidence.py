"""What a run knows of one rock in one experiment, and how a finding on it is put."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from rockrec.plain.records.descriptors import is_s2_alone
from rockrec.plain.records.verdicts import FAILS, HOLDS, UNTESTABLE

REAL = "heldout"


@dataclass(frozen=True)
class Evidence:
    """The files of one sample in one experiment.

    Attributes
    ----------
    settings : by method, its block of the config.
    errors, diagnosis, pores : the experiment's tables of the sample.
    real : ``heldout/curves.csv``.
    curves : by reconstruction, as ``method/replicate``, its ``curves.csv``.
    histories : likewise, the ``history.csv`` of every network.
    costs : the sample's lines of the table of costs.
    res : the sample's ``res/errors.csv``.
    """

    experiment: str
    sample: str
    settings: Mapping[str, dict]
    errors: pd.DataFrame
    diagnosis: pd.DataFrame
    pores: pd.DataFrame
    real: pd.DataFrame
    curves: Mapping[str, pd.DataFrame]
    histories: Mapping[str, pd.DataFrame]
    costs: pd.DataFrame
    res: pd.DataFrame

    @property
    def is_network(self) -> bool:
        """Whether the phase is one connected network rather than many isolated pores.

        In half of the held-out tiles at least, the largest pore holds most of the phase.
        """
        areas = self.pores.loc[self.pores["source"] == REAL].groupby("tile")["area_px"]
        return bool((areas.max() / areas.sum()).median() > 0.5)

    @property
    def size(self) -> int:
        """Side of a tile, px: twice the number of lags."""
        return 2 * (int(self.real["lag_px"].max()) + 1)

    def labels_of(self, *kinds: str) -> list[str]:
        """Return the reconstructions by methods of these kinds."""
        return [label for label in self.curves if self.settings[method_of(label)]["kind"] in kinds]

    def annealed_to_s2(self) -> list[str]:
        """Return the reconstructions by annealing as the paper did it, to S2 alone."""
        return [
            label
            for label in self.labels_of("sa")
            if is_s2_alone(self.settings[method_of(label)]["targets"])
        ]

    def lines(self, label: str, descriptor: str, quantity: str, form: str) -> pd.Series:
        """Return the line of errors of a reconstruction against held-out tiles."""
        method, replicate = label.split("/")
        errors = self.errors
        found = errors[
            (errors["method"] == method)
            & (errors["replicate"].astype(str) == replicate)
            & (errors["against"] == REAL)
            & (errors["descriptor"] == descriptor)
            & (errors["quantity"] == quantity)
            & (errors["form"] == form)
        ]
        return found.iloc[0]

    def seen(self, label: str, descriptor: str) -> str:
        """Return the verdict of the permutation test on its mean curve."""
        return self.lines(label, descriptor, "P", "mean")["verdict"]

    def finding(self, label: str, diagnosis: str) -> pd.Series:
        """Return the line of a diagnosis of a reconstruction."""
        method, replicate = label.split("/")
        table = self.diagnosis
        found = table[
            (table["method"] == method)
            & (table["replicate"].astype(str) == replicate)
            & (table["diagnosis"] == diagnosis)
        ]
        return found.iloc[0]

    def mean_curve(self, label: str | None, descriptor: str) -> pd.Series:
        """Return the mean curve by lag [px] of a reconstruction, or of real tiles."""
        table = self.real if label is None else self.curves[label]
        lines = table[(table["descriptor"] == descriptor) & (table["quantity"] == "P")]
        return lines.set_index("lag_px")["mean"]


class Finding(NamedTuple):
    """What one rock says of one statement: our number, what it is, and the verdict."""

    experiment: str
    sample: str
    method: str
    number: float
    what: str
    verdict: str
    note: str = ""


Findings = Iterator[Finding]


def method_of(label: str) -> str:
    """Return the method of ``method/replicate``."""
    return label.split("/")[0]


def verdict(holds: bool, testable: bool = True) -> str:
    """Put a test in words."""
    if not testable:
        return UNTESTABLE
    return HOLDS if holds else FAILS

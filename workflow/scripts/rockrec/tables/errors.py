"""Errors, floors and verdicts of all samples in one table (the paper's Tables S3 and S4)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rockrec.plain.records.descriptors import DESCRIPTORS
from rockrec.plain.records.scalars import AT_PHI, SCALARS
from rockrec.plain.records.verdicts import POWERLESS, TOO_FEW
from rockrec.tables.by_method import source_of

FAR = 10_000  # floors; how far beyond means nothing
COLUMNS = (
    "sample",
    "method",
    "replicate",
    "against",
    "descriptor",
    "quantity",
    "form",
    "boundary",
    "lags",
    "n_a",
    "n_b",
    "targeted",
    "error",
    "floor",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p",
    "verdict",
    "tiles_needed",
    "one_phase_a",
    "one_phase_b",
    "phi_sd_a",
    "phi_sd_b",
)


def error_table(errors: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the errors of all samples below one another, the sample in the first column.

    Raises
    ------
    ValueError
        If there is no sample or a table lacks a column.
    """
    if not errors:
        raise ValueError("an error table needs at least one sample")
    for sample, table in errors.items():
        lacking = [name for name in COLUMNS[1:] if name not in table]
        if lacking:
            raise ValueError(f"errors of {sample} lack the columns {', '.join(lacking)}")
    return pd.concat(
        [table.assign(sample=sample)[list(COLUMNS)] for sample, table in errors.items()],
        ignore_index=True,
    )


def headline(errors: pd.DataFrame) -> pd.DataFrame:
    """Keep one line per descriptor and method: what a method is judged by.

    Against held-out tiles; the curves at equal phase fraction, and the scalars, of which the
    phase fraction is one. A column ``name`` says what the line compares.
    """
    errors = errors[errors["against"] == "heldout"]
    lines = pd.concat([errors[errors["form"] == AT_PHI], errors[errors["quantity"] == "scalar"]])
    return _named(lines)


def whole_curves(errors: pd.DataFrame) -> pd.DataFrame:
    """Keep one line per descriptor and method of whole curves, phase fraction and all.

    Against held-out tiles; pooled F_n where a descriptor has one (the paper's Table S3), else
    its P. Columns as of `headline`.
    """
    errors = errors[errors["against"] == "heldout"]
    with_f = set(errors.loc[errors["quantity"] == "F", "descriptor"])
    plain = (errors["quantity"] == "P") & (errors["form"] == "mean")
    lines = [errors[errors["form"] == "pooled"], errors[plain & ~errors["descriptor"].isin(with_f)]]
    return _named(pd.concat(lines))


@dataclass(frozen=True)
class Summary:
    """One method in words: each verdict with what it was reached for, and what was fitted.

    The names carry the error in floors: ``L (4.0)``. `needed` says what a verdict would have
    needed that could not be reached.
    """

    method: str
    verdicts: dict[str, list[str]]
    needed: dict[str, str]
    fitted: list[str]


def summaries(lines: pd.DataFrame) -> list[Summary]:
    """Sum up the headline lines of one sample method by method, the furthest off first.

    What a method was fitted to is named and left out of its verdicts.
    """
    found = []
    named = lines.assign(text=lines["name"] + " (" + lines["ratio"].map(in_floors) + ")")
    for method, of_method in named.groupby(source_of(named), sort=False):
        tested = of_method[~of_method["targeted"]].sort_values("ratio", ascending=False)
        verdicts = {
            verdict: group["text"].tolist()
            for verdict, group in tested.groupby("verdict", sort=False)
        }
        fitted = of_method.loc[of_method["targeted"], "name"].tolist()
        needed = {
            verdict: in_tiles(group["tiles_needed"].max())
            for verdict, group in tested.groupby("verdict", sort=False)
            if verdict in (TOO_FEW, POWERLESS)
        }
        found.append(Summary(method, verdicts, needed, fitted))
    return found


def in_tiles(number: float) -> str:
    """Say how many tiles a verdict needs: ``310 tiles like these, or larger ones, are needed``."""
    if pd.isna(number):
        return "larger tiles are needed"
    return f"{number:,.0f} tiles like these, or larger ones, are needed"


def in_floors(ratio: float) -> str:
    """Write a ratio with as many digits as it deserves: 4.0, 37, 1,250; – if undefined."""
    if pd.isna(ratio):
        return "–"
    if ratio > FAR:
        return f"over {FAR:,}"
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _named(lines: pd.DataFrame) -> pd.DataFrame:
    keys = zip(lines["descriptor"], lines["quantity"], lines["form"], strict=True)
    return lines.assign(name=[_name(*key) for key in keys])


def _name(descriptor: str, quantity: str, form: str) -> str:
    if quantity == "scalar":
        return SCALARS.get((descriptor, form), f"{descriptor}, {form}")
    return DESCRIPTORS[descriptor].scaled if quantity == "F" else descriptor

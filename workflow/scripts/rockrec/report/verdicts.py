"""What the comparison and the diagnoses say of a method, in sentences."""

from typing import NamedTuple

import pandas as pd

from rockrec.report.faults import CLASSIFIER
from rockrec.tables.errors import headline, source_of, summaries

# A fault that explains why a descriptor is off.
EXPLAINS = {
    "L": ("checkerboard_phase", "checkerboard_power"),
    "F2": ("repeated_pattern", "edge_excess"),
    "spread of S2 between tiles": ("low_spread", "similar_curves", "repeated_tiles"),
}
IN_WORDS = {
    "repeated_pattern": "a repeated pattern",
    "low_spread": "tiles too alike",
    "similar_curves": "tiles with the same curves",
    "repeated_tiles": "tiles drawn more than once",
    "checkerboard_phase": "checkerboard",
    "checkerboard_power": "checkerboard",
    "edge_excess": "excess at the border",
    "memorised_tiles": "copies of training tiles",
}
SHOWN = 3  # of the descriptors that differ, the furthest off; those explained come besides
UNTELLING = ("share of tiles with one phase",)
DIFFERENT, SAME = "differs from real", "cannot be told from real"


class Verdict(NamedTuple):
    """A method of one sample, and what is said of it."""

    method: str
    sentences: list[str]


def verdicts(errors: pd.DataFrame, faults: pd.DataFrame) -> list[Verdict]:
    """Put one sample's table of errors and table of faults into words, method by method.

    Parameters
    ----------
    errors : the sample's lines of `rockrec.tables.errors.error_table`.
    faults : its lines of `rockrec.report.faults.fault_table`.

    Returns
    -------
    The row ``real`` first: what the best method could reach.
    """
    lines = headline(errors)
    faults = faults.assign(source=source_of(faults))
    found = []
    for summary in summaries(lines):
        of_method = faults[faults["source"] == summary.method]
        faulty = set(of_method.loc[of_method["verdict"] == "found", "diagnosis"])
        sentences = _sentences(summary, faulty)
        if summary.method != "real":
            sentences += _classified(of_method)
        found.append(Verdict(summary.method, sentences))
    return found


def _sentences(summary, faulty: set[str]) -> list[str]:
    """``cannot be told from real by F2 ...; L is 4.0 times the floor: checkerboard``."""
    said = []
    different = [_split(name) for name in summary.verdicts.get(DIFFERENT, [])]
    same = [_split(name)[0] for name in summary.verdicts.get(SAME, [])]
    if not different and same:
        said.append("cannot be told from real by any descriptor")
    elif telling := [name for name in same if name not in UNTELLING]:
        said.append(f"cannot be told from real by {_listed(telling)}")
    causes = {name: _causes(name, faulty) for name, _ in different}
    shown = [
        (name, ratio)
        for place, (name, ratio) in enumerate(different)
        if place < SHOWN or causes[name]
    ]
    said += [f"{name} is {ratio} times the floor{_because(causes[name])}" for name, ratio in shown]
    if more := len(different) - len(shown):
        said.append(f"{more} more differ{'s' if more == 1 else ''}")
    others = set(summary.verdicts) - {DIFFERENT, SAME}
    said += [f"{verdict}: {_listed(summary.verdicts[verdict])}" for verdict in sorted(others)]
    explained = {fault for name in causes for fault in EXPLAINS.get(name, ())}
    if besides := sorted({IN_WORDS[f] for f in faulty - explained if f in IN_WORDS}):
        said.append(f"found: {', '.join(besides)}")
    if summary.fitted:
        said.append(f"fitted to {_listed(summary.fitted)}, no part of the verdict")
    return said


def _split(name_and_ratio: str) -> tuple[str, str]:
    name, _, ratio = name_and_ratio.partition(" (")
    return name, ratio.removesuffix(")")


def _causes(name: str, faulty: set[str]) -> list[str]:
    return list(dict.fromkeys(IN_WORDS[f] for f in EXPLAINS.get(name, ()) if f in faulty))


def _because(causes: list[str]) -> str:
    return f": {', '.join(causes)}" if causes else ""


def _classified(faults: pd.DataFrame) -> list[str]:
    """What a small network that tells tiles from real ones says."""
    lines = faults[faults["diagnosis"] == CLASSIFIER]
    return [
        f"a small network tells its tiles from real ones in {line.value:.0%} of cases"
        for line in lines.itertuples()
        if line.verdict == "found"
    ]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

"""What the comparison and the diagnoses say of a method, in sentences."""

from typing import NamedTuple

import pandas as pd

from rockrec.plain.records.diagnoses import DIAGNOSES, Diagnosis
from rockrec.plain.records.scalars import ONE_PHASE
from rockrec.plain.records.verdicts import DIFFERENT, FOUND, SAME
from rockrec.report.faults import CLASSIFIER, COPIED
from rockrec.tables.by_method import source_of
from rockrec.tables.errors import headline, summaries

SHOWN = 3  # of the descriptors that differ, the furthest off; those explained come besides
UNTELLING = (ONE_PHASE,)


class Verdict(NamedTuple):
    """A method of one sample, and what is said of it."""

    method: str
    sentences: list[str]


def verdicts(
    errors: pd.DataFrame, faults: pd.DataFrame, costs: pd.DataFrame | None = None
) -> list[Verdict]:
    """Put one sample's table of errors and table of faults into words, method by method.

    Parameters
    ----------
    errors : the sample's lines of `rockrec.tables.errors.error_table`.
    faults : its lines of `rockrec.report.faults.fault_table`.
    costs : its lines of `rockrec.tables.costs.cost_table`; None where nothing is known of them.

    Returns
    -------
    The row ``real`` first: what the best method could reach.
    """
    lines = headline(errors)
    faults = faults.assign(source=source_of(faults))
    found = []
    for summary in summaries(lines):
        of_method = faults[faults["source"] == summary.method]
        names = set(of_method.loc[of_method["verdict"] == FOUND, "diagnosis"])
        sentences = _sentences(summary, [DIAGNOSES[name] for name in DIAGNOSES if name in names])
        if summary.method != "real":
            sentences += [*_copied(of_method), *_classified(of_method)]
            sentences += _converged(costs, summary.method)
        found.append(Verdict(summary.method, sentences))
    return found


def _converged(costs: pd.DataFrame | None, source: str) -> list[str]:
    """``10 of 128 realisations did not reach the stopping energy``; nothing if all did."""
    if costs is None:
        return []
    lines = costs[(source_of(costs) == source) & costs["converged"].notna()]
    missing = lines["realisations"] - lines["converged"]
    return [
        f"{n:,.0f} of {of:,.0f} realisations did not reach the stopping energy"
        for n, of in zip(missing, lines["realisations"], strict=True)
        if n
    ]


def _sentences(summary, found: list[Diagnosis]) -> list[str]:
    """``cannot be told from real by S2 ...; L is 4.0 times the floor: checkerboard``."""
    said = []
    different = [_split(name) for name in summary.verdicts.get(DIFFERENT, [])]
    same = [_split(name)[0] for name in summary.verdicts.get(SAME, [])]
    if same and not different and not summary.needed:
        said.append(f"{SAME} by any descriptor")
    elif telling := [name for name in same if name not in UNTELLING]:
        said.append(f"{SAME} by {_listed(telling)}")
    causes = {
        name: list(dict.fromkeys(fault.fault for fault in found if name in fault.explains))
        for name, _ in different
    }
    shown = [
        (name, ratio)
        for place, (name, ratio) in enumerate(different)
        if place < SHOWN or causes[name]
    ]
    said += [f"{name} is {ratio} times the floor{_because(causes[name])}" for name, ratio in shown]
    if more := len(different) - len(shown):
        said.append(f"{more} more differ{'s' if more == 1 else ''}")
    others = set(summary.verdicts) - {DIFFERENT, SAME}
    for verdict in sorted(others):
        needed = f" ({summary.needed[verdict]})" if verdict in summary.needed else ""
        said.append(f"{verdict}: {_listed(summary.verdicts[verdict])}{needed}")
    besides = {fault.fault for fault in found if not any(name in causes for name in fault.explains)}
    if besides:
        said.append(f"{FOUND}: {', '.join(sorted(besides))}")
    if summary.fitted:
        said.append(f"fitted to {_listed(summary.fitted)}, no part of the verdict")
    return said


def _split(name_and_ratio: str) -> tuple[str, str]:
    name, _, ratio = name_and_ratio.partition(" (")
    return name, ratio.removesuffix(")")


def _because(causes: list[str]) -> str:
    return f": {', '.join(causes)}" if causes else ""


def _copied(faults: pd.DataFrame) -> list[str]:
    """How much of its tiles is copied from training tiles, beside what chance brings."""
    lines = faults[(faults["diagnosis"] == COPIED) & faults["value"].notna()]
    return [
        f"{line.value:.0%} of it is copied from training tiles "
        f"(of held-out rock {line.threshold:.0%}, by chance)"
        for line in lines.itertuples()
    ]


def _classified(faults: pd.DataFrame) -> list[str]:
    """What a small network that tells tiles from real ones says."""
    lines = faults[faults["diagnosis"] == CLASSIFIER]
    return [
        f"a small network tells its tiles from real ones in {line.value:.0%} of cases"
        for line in lines.itertuples()
        if line.verdict == FOUND
    ]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

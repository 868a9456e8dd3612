"""The settings of every method, as the run recorded them (the paper's Table S2)."""

from collections.abc import Iterable, Mapping

import pandas as pd

from rockrec.tables.costs import Replicate

COLUMNS = ("sample", "method", "setting", "value", "paper")
NOT_A_SETTING = ("per_sample",)


def settings_table(
    replicates: Iterable[Replicate], paper: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """List what each method of each sample was set to; replicates share their settings.

    Parameters
    ----------
    paper : by kind of method and setting, the value that the paper states.

    Returns
    -------
    Columns sample, method, setting, value (text; lists with commas, ``none`` for null), paper
    (empty where it states none).
    """
    rows = {}
    for one in replicates:
        stated = paper.get(one.kind, {})
        for setting, value in one.provenance["settings"].items():
            if setting not in NOT_A_SETTING:
                key = one.sample, one.method, setting
                rows.setdefault(key, (_text(value), stated.get(setting, "")))
    return pd.DataFrame([(*key, *told) for key, told in rows.items()], columns=list(COLUMNS))


def merged(table: pd.DataFrame) -> pd.DataFrame:
    """Arrange settings for print: a line each, a column per method.

    Where a method's samples differ in a setting, the cell says which has what. The paper's value
    follows in square brackets. A setting that a method does not have is empty.
    """
    columns = {}
    for method, lines in table.groupby("method", sort=False):
        columns[method] = lines.groupby("setting", sort=False)[["sample", "value", "paper"]].apply(
            _cell
        )
    order = list(dict.fromkeys(table["setting"]))
    return pd.DataFrame(columns).reindex(order).fillna("")


def _cell(lines: pd.DataFrame) -> str:
    paper = lines["paper"].iloc[0]
    stated = f" [{paper}]" if paper else ""
    if lines["value"].nunique() == 1:
        return lines["value"].iloc[0] + stated
    return "; ".join(f"{row.sample}: {row.value}" for row in lines.itertuples()) + stated


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)

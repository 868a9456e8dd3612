"""The settings of every method, as the run recorded them (the paper's Table S2)."""

from collections.abc import Iterable

import pandas as pd

from .costs import Run

COLUMNS = ("sample", "method", "setting", "value")
NOT_A_SETTING = ("per_sample",)


def settings_table(runs: Iterable[Run]) -> pd.DataFrame:
    """List what each method of each sample was set to; replicates share their settings.

    Returns
    -------
    Columns sample, method, setting, value (text; lists with commas, ``none`` for null).
    """
    rows = {}
    for run in runs:
        for setting, value in run.provenance["settings"].items():
            if setting not in NOT_A_SETTING:
                rows.setdefault((run.sample, run.method, setting), _text(value))
    return pd.DataFrame([(*key, value) for key, value in rows.items()], columns=list(COLUMNS))


def merged(table: pd.DataFrame) -> pd.DataFrame:
    """Arrange settings for print: a line each, a column per method.

    Where a method's samples differ in a setting, the cell says which has what. A setting that a
    method does not have is empty.
    """
    columns = {}
    for method, lines in table.groupby("method", sort=False):
        columns[method] = lines.groupby("setting", sort=False)[["sample", "value"]].apply(_cell)
    order = list(dict.fromkeys(table["setting"]))
    return pd.DataFrame(columns).reindex(order).fillna("")


def _cell(lines: pd.DataFrame) -> str:
    if lines["value"].nunique() == 1:
        return lines["value"].iloc[0]
    return "; ".join(f"{row.sample}: {row.value}" for row in lines.itertuples())


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

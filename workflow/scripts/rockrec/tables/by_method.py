"""Tables with lines by method and replicate: errors, faults, costs."""

import os

import pandas as pd


def read_by_method(path: str | os.PathLike) -> pd.DataFrame:
    """Read a table by method; replicates are text, empty for what has none (``real``)."""
    return pd.read_csv(path, dtype={"replicate": str}).fillna({"replicate": ""})


def source_of(table: pd.DataFrame) -> pd.Series:
    """Name each line's source: the method, with its replicate where there are several."""
    replicates = table.groupby("method")["replicate"].transform("nunique")
    named = table["method"] + "/" + table["replicate"]
    return table["method"].where(replicates == 1, named)

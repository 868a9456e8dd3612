"""The table of errors and verdicts, as HTML."""

import pandas as pd

from rockrec.report.templates import fragment
from rockrec.tables.by_method import source_of
from rockrec.tables.errors import headline, summaries, whole_curves


def error_fragment(table: pd.DataFrame) -> str:
    """Return an error table (`rockrec.tables.errors.error_table`) as a fragment of HTML.

    Sample by sample: the verdicts in words, then errors and ratios, a line per descriptor and
    a column per method; first what the verdicts rest on, then the whole curves.
    """
    samples = {
        sample: _matrix(headline(lines), whole_curves(lines))
        for sample, lines in table.groupby("sample", sort=False)
    }
    return fragment("errors.html.j2", samples=samples)


def _matrix(lines: pd.DataFrame, whole: pd.DataFrame) -> dict:
    """Arrange one sample's lines by descriptor and method."""
    lines, whole = (some.assign(source=source_of(some)) for some in (lines, whole))
    first_lines = lines.drop_duplicates("source")
    return {
        "summaries": summaries(lines),
        "blocks": {"at equal phase fraction": _block(lines), "whole curves": _block(whole)},
        "sources": list(dict.fromkeys(lines["source"])),
        "one_phase": dict(zip(first_lines["source"], first_lines["one_phase_a"], strict=True)),
        "one_phase_heldout": first_lines["one_phase_b"].iloc[0],
        "phi_sd": dict(zip(first_lines["source"], first_lines["phi_sd_a"], strict=True)),
        "phi_sd_heldout": first_lines["phi_sd_b"].iloc[0],
        "n_a": int(lines["n_a"].max()),
        "n_b": int(lines["n_b"].max()),
        "boundary": ", ".join(lines["boundary"].unique()),
    }


def _block(lines: pd.DataFrame) -> dict:
    """Lines of a table, by name and by (name, source)."""
    cells = {(line.name, line.source): line for line in lines.itertuples(index=False)}
    return {"names": list(dict.fromkeys(lines["name"])), "cells": cells}

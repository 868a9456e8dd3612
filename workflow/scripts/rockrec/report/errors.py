"""The table of errors and verdicts, as HTML."""

import pandas as pd

from rockrec.report.templates import fragment
from rockrec.tables.by_method import source_of
from rockrec.tables.errors import headline, summaries


def error_fragment(table: pd.DataFrame) -> str:
    """Return an error table (`rockrec.tables.errors.error_table`) as a fragment of HTML.

    Sample by sample: the verdicts in words, then errors and ratios, a line per descriptor and
    a column per method.
    """
    samples = {
        sample: _matrix(headline(lines)) for sample, lines in table.groupby("sample", sort=False)
    }
    return fragment("errors.html.j2", samples=samples)


def _matrix(lines: pd.DataFrame) -> dict:
    """Arrange one sample's headline lines by descriptor and method."""
    lines = lines.assign(source=source_of(lines))
    first_lines = lines.drop_duplicates("source")
    cells = {(line.name, line.source): line for line in lines.itertuples(index=False)}
    return {
        "summaries": summaries(lines),
        "names": list(dict.fromkeys(lines["name"])),
        "sources": list(dict.fromkeys(lines["source"])),
        "cells": cells,
        "one_phase": dict(zip(first_lines["source"], first_lines["one_phase_a"], strict=True)),
        "one_phase_heldout": first_lines["one_phase_b"].iloc[0],
        "phi_sd": dict(zip(first_lines["source"], first_lines["phi_sd_a"], strict=True)),
        "phi_sd_heldout": first_lines["phi_sd_b"].iloc[0],
        "n_a": int(lines["n_a"].max()),
        "n_b": int(lines["n_b"].max()),
        "boundary": ", ".join(lines["boundary"].unique()),
    }

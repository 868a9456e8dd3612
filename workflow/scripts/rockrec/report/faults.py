"""The table of faults: what was looked for in each method's tiles, and what was found."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.verdicts import CANNOT_TELL, FOUND, NOT_FOUND
from rockrec.report.templates import fragment
from rockrec.tables.by_method import source_of

COPIED, CLASSIFIER = "copied", "classifier"
TITLES = {name: diagnosis.title for name, diagnosis in DIAGNOSES.items()} | {
    COPIED: "areas copied from training tiles, but for their edges",
    CLASSIFIER: "a small network tells them from real tiles",
}


def fault_table(
    samples: Mapping[str, tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]],
) -> pd.DataFrame:
    """Put diagnoses, what is copied and the classifier's accuracy of all samples into one table.

    Parameters
    ----------
    samples : for each sample the tables of ``diagnosis.csv``, ``novelty.csv`` and
        ``classifier.csv``.

    Returns
    -------
    Columns sample, method, replicate, diagnosis, value, threshold, where, verdict. Of what is
    copied, value is the share in pieces of the side that has the least novelty, threshold the
    share of held-out tiles. Of the classifier, value is its accuracy, threshold 0.5, and it is
    found where even the low end of the 95 % interval is above.
    """
    parts = []
    for sample, (diagnosis, novelty, classifier) in samples.items():
        told = pd.DataFrame(
            {
                "method": classifier["method"],
                "replicate": classifier["replicate"],
                "diagnosis": CLASSIFIER,
                "value": classifier["accuracy"],
                "threshold": 0.5,
                "where": [_interval(row) for row in classifier.itertuples()],
                "verdict": [_verdict(low) for low in classifier["low"]],
            }
        )
        all_three = pd.concat([diagnosis, _copied(novelty), told], ignore_index=True)
        all_three.insert(0, "sample", sample)
        parts.append(all_three)
    return pd.concat(parts, ignore_index=True).fillna({"replicate": "", "where": ""})


def _copied(novelty: pd.DataFrame) -> pd.DataFrame:
    """One line for each source: the pieces in which it is least new."""
    lines = []
    for _, sides in novelty.groupby(source_of(novelty), sort=False):
        row = sides.loc[sides["novelty"].fillna(np.inf).idxmin()]
        told = f"pieces of {row['side_px']} px: {row['pieces']} of {row['tiles']} tiles"
        if not math.isnan(row["novelty"]):
            low, high = row["novelty_low"], row["novelty_high"]
            told += (
                f"; novelty {row['novelty']:.2f} ({low:.2f} to {high:.2f}); of training tiles with "
                f"other edges {row['copied_control']:.0%} are found copied"
            )
        if row["searched"] < 1:
            told += f"; {row['searched']:.0%} of the training tiles searched"
        lines.append(
            {
                "method": row["method"],
                "replicate": row["replicate"],
                "diagnosis": COPIED,
                "value": row["copied"],
                "threshold": row["copied_real"],
                "where": told,
                "verdict": row["verdict"],
            }
        )
    return pd.DataFrame(lines)


def _interval(row) -> str:
    if math.isnan(row.low):
        return f"{row.n} tiles are too few"
    return f"{row.low:.2f} to {row.high:.2f}, {row.n} tiles"


def _verdict(low: float) -> str:
    if math.isnan(low):
        return CANNOT_TELL
    return FOUND if low > 0.5 else NOT_FOUND


def fault_fragment(table: pd.DataFrame) -> str:
    """Return the table as a fragment of HTML: a line per diagnosis, a column per method."""
    samples = {}
    for sample, lines in table.groupby("sample", sort=False):
        lines = lines.assign(source=source_of(lines))
        samples[sample] = {
            "names": [name for name in TITLES if name in set(lines["diagnosis"])],
            "sources": list(dict.fromkeys(lines["source"])),
            "cells": {(row.diagnosis, row.source): row for row in lines.itertuples()},
        }
    return fragment("faults.html.j2", samples=samples, titles=TITLES)

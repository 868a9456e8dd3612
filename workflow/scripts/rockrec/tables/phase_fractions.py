"""Phase fractions of segmented mosaics: what was found, and what judged points say of it."""

from collections.abc import Mapping

import pandas as pd

COLUMNS = ("sample", "found", "fraction", "low", "high", "points")


def fraction_table(told: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return a row for each sample.

    Columns: sample, found (by the segmentation), fraction, low and high (of the judged points,
    with the 95 % interval; empty without them), points (that were judged), and
    half_width_<n>: half of the interval that n points are expected to give.

    Parameters
    ----------
    told : by sample, what ``mosaic/phase_fraction.json`` holds.
    """
    nothing = {"value": None, "low": None, "high": None, "points": 0}
    rows = []
    for sample, one in told.items():
        judged = one["judged"] or nothing
        value, low, high, points = (judged[name] for name in nothing)
        expected = {f"half_width_{number}": half for number, half in one["expected"]}
        rows.append(
            dict(zip(COLUMNS, (sample, one["found"], value, low, high, points), strict=True))
            | expected
        )
    return pd.DataFrame(rows)

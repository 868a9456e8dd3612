"""The table of claims, as HTML."""

import math

import pandas as pd

from rockrec.report.templates import fragment


def claim_fragment(table: pd.DataFrame) -> str:
    """Return `rockrec.claims.assess_claims`' table as HTML: statement by statement."""
    table = table.fillna({"experiment": "", "sample": "", "method": "", "what": "", "note": ""})
    claims = [
        {"statement": statement, "paper": paper, "lines": lines.to_dict("records")}
        for (statement, paper), lines in table.groupby(["statement", "paper"], sort=False)
    ]
    return fragment("claims.html.j2", claims=claims, is_number=lambda x: not math.isnan(x))

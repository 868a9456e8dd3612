"""The paper's statements, each held against the numbers of a run."""

from rockrec.claims.assess import CLAIMS, assess_claims
from rockrec.claims.evidence import Evidence

__all__ = ["CLAIMS", "Evidence", "assess_claims"]

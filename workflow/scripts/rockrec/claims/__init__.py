"""The paper's statements, each held against the numbers of a run."""

from .assess import CLAIMS, assess_claims
from .evidence import Evidence

__all__ = ["CLAIMS", "Evidence", "assess_claims"]

"""Faults of reconstructed tiles that mean curves hide, and a test by a small network."""

from rockrec.diagnosis.diagnose import diagnose, fit_checks, table_of
from rockrec.diagnosis.findings import Finding
from rockrec.diagnosis.matching import TURNS, Match, best_matches

__all__ = [
    "TURNS",
    "Finding",
    "Match",
    "best_matches",
    "diagnose",
    "fit_checks",
    "table_of",
]

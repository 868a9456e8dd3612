"""Faults of reconstructed tiles that mean curves hide, and a test by a small network."""

from rockrec.diagnosis.diagnose import diagnose, fit_checks, table_of
from rockrec.diagnosis.findings import CANNOT_TELL, DIAGNOSES, FOUND, NOT_FOUND, Finding
from rockrec.diagnosis.matching import TURNS, Match, best_matches

__all__ = [
    "CANNOT_TELL",
    "DIAGNOSES",
    "FOUND",
    "NOT_FOUND",
    "TURNS",
    "Finding",
    "Match",
    "best_matches",
    "diagnose",
    "fit_checks",
    "table_of",
]

"""Faults of reconstructed tiles that mean curves hide, and a test by a small network."""

from .diagnose import diagnose, fit_checks, table_of
from .findings import CANNOT_TELL, DIAGNOSES, FOUND, NOT_FOUND, Finding
from .matching import TURNS, Match, best_matches

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

"""Stochastic reconstruction by simulated annealing (Yeong-Torquato)."""

from .energy import TARGETS
from .reconstruct import Annealed, Realisation, anneal, anneal_each, collected
from .schedule import Schedule

__all__ = [
    "TARGETS",
    "Annealed",
    "Realisation",
    "Schedule",
    "anneal",
    "anneal_each",
    "collected",
]

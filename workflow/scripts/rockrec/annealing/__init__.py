"""Stochastic reconstruction by simulated annealing (Yeong-Torquato)."""

from rockrec.annealing.energy import TARGETS
from rockrec.annealing.reconstruct import (
    Annealed,
    Realisation,
    anneal,
    anneal_each,
    collected,
    tell_fits,
)
from rockrec.plain.records.kinds.sa import Schedule

__all__ = [
    "TARGETS",
    "Annealed",
    "Realisation",
    "Schedule",
    "anneal",
    "anneal_each",
    "collected",
    "tell_fits",
]

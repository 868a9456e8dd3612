"""Statistical microstructure descriptors of binary images."""

from .curves import FUNCTIONS, NAMES, ORDER, chord_lengths, describe, origins, scaled

__all__ = ["FUNCTIONS", "NAMES", "ORDER", "chord_lengths", "describe", "origins", "scaled"]

"""How much of a tile is copied from the training tiles, and from where.

Whole tiles that were seen before are a fault that `rockrec.diagnosis` looks for; quilting copies
less than a tile at a time, and a network may copy with its edges redrawn. Both show in pieces of a
tile whose place in the training tiles differs from them by no more than the course of an edge.
"""

from rockrec.novelty.measure import Copied, Novelty
from rockrec.novelty.search import Library

__all__ = ["Copied", "Library", "Novelty"]

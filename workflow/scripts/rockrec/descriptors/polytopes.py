"""The shapes whose vertices are tested for phase, and the origins that each of them has.

A polytope is a function from the lag r to the (row, column) offsets of its vertices from the
origin pixel. The n-point functions are those of Amiri et al. (2023) and its original sampler.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

Polytope = Callable[[int], Sequence[tuple[int, int]]]

BOUNDARIES = ("unbiased", "periodic", "amiri2023")


def triangle_height(r: int) -> int:
    """Rows from the edge of an equilateral triangle of edge `r` to its apex, rounded up."""
    return math.ceil(math.sqrt(3) / 2 * r)


def hexagon_height(r: int) -> int:
    """Rows between the two flat sides of a regular hexagon of edge `r`, rounded up."""
    return math.ceil(math.sqrt(3) * r)


POLYTOPES: dict[str, Polytope] = {
    "S2H": lambda r: [(0, 0), (0, r)],
    "S2V": lambda r: [(0, 0), (r, 0)],
    "S2D+": lambda r: [(0, 0), (r, r)],
    "S2D-": lambda r: [(0, r), (r, 0)],
    "P3H": lambda r: [(0, 0), (0, r), (triangle_height(r), r // 2)],
    "P3V": lambda r: [(0, 0), (r, 0), (r // 2, triangle_height(r))],
    "P4": lambda r: [(0, 0), (0, r), (r, 0), (r, r)],
    "P6": lambda r: [
        (0, 0),
        (0, r),
        (triangle_height(r), -(r // 2)),
        (triangle_height(r), (3 * r + 1) // 2),
        (hexagon_height(r), 0),
        (hexagon_height(r), r),
    ],
}


def vertex_offsets(polytope: Polytope, r: int) -> np.ndarray:
    """Offsets (vertices, 2) of `polytope` at lag `r`, moved so that the least of each is 0.

    Raises
    ------
    ValueError : the polytope does not give at least one pair of whole numbers.
    """
    offsets = np.asarray(polytope(r))
    if offsets.ndim != 2 or offsets.shape[1] != 2 or not len(offsets):
        raise ValueError(f"a polytope gave {offsets.tolist()} at lag {r}, not (row, column) pairs")
    if not np.array_equal(offsets, offsets.astype(np.int64)):
        raise ValueError(f"a polytope gave {offsets.tolist()} at lag {r}, not whole pixels")
    offsets = offsets.astype(np.int64)
    return offsets - offsets.min(axis=0)

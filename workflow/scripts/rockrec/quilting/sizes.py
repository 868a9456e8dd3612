"""How large the patches are, by how far the rock's structures reach."""

from dataclasses import dataclass

import numpy as np

from rockrec.comparison.curves import pooled
from rockrec.descriptors import describe

REACH = 0.1  # F2 at the distance that structures reach
REACHES = 2.5  # of a patch's side
LEAST = 4  # px, side of a patch
OVERLAP = 6  # a patch's side over that of the strip that it shares with its neighbour
SIDES = (24, 64)  # px, least and most; a row of a patch is one word of 64 bits


@dataclass(frozen=True)
class Patches:
    """Sides of the patches and of the strips in which neighbours overlap, px."""

    side: int
    overlap: int


def patches_for(tiles: np.ndarray, side: int | None = None, overlap: int | None = None) -> Patches:
    """Return the patches that a rock asks for, or those that are given.

    Parameters
    ----------
    tiles : (n, H, W) uint8 0/1, the rock's.

    Raises
    ------
    ValueError : a patch that does not fit the tiles, or an overlap of more than its half.
    """
    smallest = min(tiles.shape[1:])
    if side is None:
        f2 = pooled(describe(tiles, ("S2",))["S2"], 2)
        within = np.flatnonzero(f2 < REACH)
        reach = within[0] if len(within) else len(f2)
        low, high = SIDES
        side = int(min(max(round(REACHES * reach), low), high, max(smallest // 2, LEAST)))
    if not LEAST <= side <= min(SIDES[1], smallest):
        raise ValueError(
            f"patch {side} px: must be at least {LEAST}, and at most {SIDES[1]} and the tiles' side, "
            f"{smallest} px"
        )
    overlap = max(2, round(side / OVERLAP)) if overlap is None else overlap
    if not 1 <= overlap <= side // 2:
        raise ValueError(f"overlap {overlap} px: must be from 1 to half the patch, {side // 2} px")
    return Patches(side, overlap)

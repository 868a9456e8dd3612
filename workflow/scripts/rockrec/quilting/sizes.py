"""How large the patches are, by how far the rock's structures reach."""

from dataclasses import dataclass

import numpy as np

from rockrec.comparison.curves import pooled
from rockrec.descriptors import describe
from rockrec.plain.records.kinds.quilting import LEAST, MOST

REACH = 0.1  # F2 at the distance that structures reach
REACHES = 2.5  # of a patch's side
OVERLAP = 6  # a patch's side over that of the strip that it shares with its neighbour
LARGE = 24  # px; smaller patches are not chosen: what they are laid into varies too little


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
        side = int(min(max(round(REACHES * reach), LARGE), MOST, max(smallest // 2, LEAST)))
    if not LEAST <= side <= min(MOST, smallest):
        raise ValueError(
            f"patch {side} px: must be from {LEAST} to {MOST} px, and at most the side of the "
            f"tiles, {smallest} px"
        )
    overlap = max(2, round(side / OVERLAP)) if overlap is None else overlap
    if not 1 <= overlap <= side // 2:
        raise ValueError(f"overlap {overlap} px: must be from 1 to half the patch, {side // 2} px")
    return Patches(side, overlap)

"""Turns and flips of tiles: what the named augmentations make up together. Plain Python."""

from collections.abc import Sequence

AUGMENTATIONS = ("half_turn", "flips", "quarter_turns")


def motions(augmentation: Sequence[str]) -> list[tuple[bool, int]]:
    """Return all motions: (flip left to right, then so many quarter turns), the identity first."""
    turns = (0, 2) if augmentation else (0,)
    if "quarter_turns" in augmentation:
        turns = (0, 1, 2, 3)
    flips = (False, True) if "flips" in augmentation else (False,)
    return [(flip, turn) for flip in flips for turn in turns]

"""Whether a rock looks the same when it is turned or flipped."""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import CubicSpline

from rockrec.descriptors import describe

LIMIT = 9.0  # floors, that is three standard errors
NEAREST = 3  # px along a diagonal; nearer by, S2 bends too sharply to be read between whole pixels
# A half turn leaves all two-point functions, P4, P6 and L as they are, but turns the apex of the
# triangles. Flips exchange the two oblique directions, quarter turns the axes, too; a rotation by
# any angle besides these with those.
APEX = ("P3H", "P3V")
OBLIQUE = (("S2D+", "S2D-"),)
AXES = (("S2H", "S2V"), ("P3H", "P3V"))
EXCHANGED = {
    "half_turn": (),
    "flips": OBLIQUE,
    "quarter_turns": OBLIQUE + AXES,
    "rotation": OBLIQUE + AXES,
}


class FabricError(ValueError):
    """The rock looks different after a motion that is asked for."""


def check_fabric(augmentation: Sequence[str], tiles: np.ndarray) -> None:
    """Refuse motions that would mix what the rock keeps apart.

    Curves that a motion exchanges have to agree on the rock: the mean over the tiles of their
    difference, squared, within 9 times of what the scatter between the tiles lets expect.

    Parameters
    ----------
    tiles : (n, size, size) uint8 0/1, not overlapping.

    Raises
    ------
    FabricError : curves that differ, by name, with the ratio.
    """
    if not augmentation:
        return
    names = sorted({name for pairs in EXCHANGED.values() for pair in pairs for name in pair})
    curves = describe(tiles, names)
    turned = describe(np.ascontiguousarray(tiles[:, ::-1, ::-1]), APEX)
    differences = {
        f"{name} and that of the tiles turned by 180°": curves[name] - turned[name] for name in APEX
    }
    for motion in augmentation:
        for one, other in EXCHANGED[motion]:
            differences[f"{one} and {other}"] = curves[one] - curves[other]
        if motion == "rotation":
            what = "S2 along the axes and S2 along the diagonals"
            differences[what] = _axes_and_diagonals(curves)
    for what, difference in differences.items():
        floor = np.mean(difference.var(axis=0, ddof=1)) / len(tiles)
        error = np.mean(difference.mean(axis=0) ** 2)
        if error > LIMIT * floor:
            raise FabricError(
                f"augmentation {', '.join(augmentation)}: this rock has a fabric that forbids it: "
                f"{what} differ by {error / floor:.0f} times the floor"
            )


def _axes_and_diagonals(curves: dict[str, np.ndarray]) -> np.ndarray:
    """S2 along the axes less S2 along the diagonals at equal distances, tile by tile."""
    axes = (curves["S2H"] + curves["S2V"]) / 2
    diagonals = (curves["S2D+"] + curves["S2D-"]) / 2
    lags = np.arange(axes.shape[1])
    steps = np.arange(NEAREST, int(lags[-1] / np.sqrt(2)) + 1)
    return CubicSpline(lags, axes, axis=1)(steps * np.sqrt(2)) - diagonals[:, steps]

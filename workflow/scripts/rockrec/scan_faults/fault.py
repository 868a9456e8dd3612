"""What a fault of a scan is, and how faults are told, kept and drawn."""

import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import pandas as pd

from rockrec.housekeeping.outputs import written_whole

GRAY_STEP, SHIFT, BREAK = "gray step", "shift", "break"
REPEATED, BLURRED = "repeated lines", "out of focus"
KINDS = {
    GRAY_STEP: "the gray changes at once along a straight line",
    SHIFT: "what lies on one side of a straight line is shifted along it",
    BREAK: "nothing goes on across a straight line",
    REPEATED: "rows or columns that stand elsewhere, too",
    BLURRED: "edges are softer than is usual in this mosaic",
}
BESIDE = 8  # px on each side of a seam that a mask covers with it
MOST_TOLD = 3  # of a kind, in one message


@dataclass(frozen=True, order=True)
class Fault:
    """A fault of the scan: its kind, the rows and columns it lies in [px], and how much.

    `amount` is the step in parts of the contrast range, the shift in px (down or to the right), or
    the sharpness in parts of the usual one; of a break and of repeated lines it is not known (NaN).
    """

    kind: str
    top: int
    left: int
    bottom: int
    right: int
    amount: float = np.nan

    @property
    def is_upright(self) -> bool:
        """Whether it is higher than wide."""
        return self.bottom - self.top > self.right - self.left

    @property
    def pixels(self) -> int:
        """Pixels in its rectangle."""
        return (self.bottom - self.top) * (self.right - self.left)

    def __str__(self) -> str:
        amounts = {
            GRAY_STEP: f"{self.amount:+.0%} of the contrast, ",
            SHIFT: f"{self.amount:+.0f} px, ",
            BLURRED: f"{self.amount:.0%} of the usual sharpness, ",
        }
        place = f"rows {self.top} to {self.bottom - 1}, columns {self.left} to {self.right - 1}"
        return amounts.get(self.kind, "") + place


def told(faults: Sequence[Fault]) -> list[str]:
    """Tell faults in a line for each kind, the largest first."""
    lines = []
    for kind, meaning in KINDS.items():
        found = sorted((one for one in faults if one.kind == kind), key=lambda one: -one.pixels)
        if found:
            places = "; ".join(map(str, found[:MOST_TOLD]))
            more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
            lines.append(f"{kind} ({meaning}): {places}{more}")
    return lines


def drawn(faults: Sequence[Fault], rows: slice, width: int) -> np.ndarray:
    """Draw faults as a mask (bool) of some rows of a mosaic; a seam with 8 px on each side."""
    mask = np.zeros((rows.stop - rows.start, width), bool)
    for fault in faults:
        more = BESIDE if fault.kind in (GRAY_STEP, SHIFT, BREAK) else 0
        y, x = (0, more) if fault.is_upright else (more, 0)
        top, bottom = (max(at - rows.start, 0) for at in (fault.top - y, fault.bottom + y))
        mask[top:bottom, max(fault.left - x, 0) : fault.right + x] = True
    return mask


def write_faults(path: str | os.PathLike, faults: Sequence[Fault]) -> None:
    """Write faults as CSV, one a line."""
    columns = [field.name for field in fields(Fault)]
    with written_whole(path) as partial:
        pd.DataFrame(map(astuple, faults), columns=columns).to_csv(partial, index=False)


def read_faults(path: str | os.PathLike) -> list[Fault]:
    """Read what `write_faults` wrote."""
    return [Fault(*row) for row in pd.read_csv(path).itertuples(index=False)]

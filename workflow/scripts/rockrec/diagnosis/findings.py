"""What a diagnosis answers, and the level at which it does."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.verdicts import CANNOT_TELL, FOUND, NOT_FOUND

FAMILY_LEVEL = 0.05  # of a false alarm in any diagnosis of a real set
LEVEL = FAMILY_LEVEL / len(DIAGNOSES)


class Finding(NamedTuple):
    """One diagnosis of a set of tiles: found if value > threshold; NaN: cannot tell."""

    diagnosis: str
    value: float
    threshold: float
    where: str

    @property
    def verdict(self) -> str:
        if np.isnan(self.value) or np.isnan(self.threshold):
            return CANNOT_TELL
        return FOUND if self.value > self.threshold else NOT_FOUND


Check = Callable[[np.ndarray], Finding]  # of generated tiles (n, size, size)


def unable(diagnosis: str, reason: str) -> Finding:
    """The finding where there are too few tiles to tell."""
    return Finding(diagnosis, float("nan"), float("nan"), reason)

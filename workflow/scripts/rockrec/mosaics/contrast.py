"""One contrast range for a whole mosaic, from the histogram of all its pixels."""

import json
import os
from dataclasses import asdict, dataclass

import numpy as np

from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError
from rockrec.mosaics.reading import row_bands

PERCENTILES = (0.5, 99.5)


@dataclass(frozen=True)
class Contrast:
    """Gray levels of a mosaic.

    Attributes
    ----------
    low, high : gray levels that 0.5 % and 99.5 % of the pixels do not exceed.
    minimum, maximum : of all pixels.
    """

    low: int
    high: int
    minimum: int
    maximum: int

    def check(self, path: str | os.PathLike) -> None:
        """Raise ImageError if there is nothing to see: 99 % of the pixels have one gray level."""
        if self.low == self.high:
            raise ImageError(f"{path}: 99 % of its pixels have the gray level {self.low}")


class Histogram:
    """Counts of the gray levels of a mosaic of 8 or 16 bit, band by band."""

    def __init__(self, dtype: np.dtype):
        self.counts = np.zeros(np.iinfo(dtype).max + 1, np.int64)

    def add(self, band: np.ndarray, outside: np.ndarray | None = None) -> None:
        """Count the pixels of a band (rows, columns); none that is `outside` (bool)."""
        # Compiled: not for those who only open a mosaic.
        from rockrec.mosaics.counting import count, count_rock

        if outside is None:
            count(band, self.counts)
        else:
            count_rock(band, outside, self.counts)

    def values(self) -> np.ndarray:
        """Return the gray levels that occur."""
        return np.flatnonzero(self.counts)

    def contrast(self) -> Contrast:
        """Return the contrast of all pixels counted."""
        found = self.values()
        below = np.cumsum(self.counts)
        low, high = (np.searchsorted(below, p / 100 * below[-1]) for p in PERCENTILES)
        return Contrast(int(low), int(high), int(found[0]), int(found[-1]))

    def median(self) -> int:
        """Return the gray level that half of the pixels counted do not exceed."""
        below = np.cumsum(self.counts)
        return int(np.searchsorted(below, below[-1] / 2))


def contrast_of(mosaic, outside=None) -> Contrast:
    """Return the contrast of a gray mosaic, or of what is not `outside`, in one pass."""
    return gray_levels(mosaic, outside).contrast()


def gray_levels(mosaic, outside=None) -> Histogram:
    """Return the gray levels of a mosaic, or of what is not `outside`, counted in one pass."""
    histogram = Histogram(mosaic.dtype)
    for rows in row_bands(mosaic.shape[0], 128):
        histogram.add(mosaic[rows], None if outside is None else outside[rows])
    return histogram


def write_contrast(path: str | os.PathLike, contrast: Contrast) -> None:
    """Write a contrast as JSON."""
    with written_whole(path) as partial:
        partial.write_text(json.dumps(asdict(contrast), indent=2) + "\n", encoding="utf-8")


def read_contrast(path: str | os.PathLike) -> Contrast:
    """Read what `write_contrast` wrote."""
    with open(path, encoding="utf-8") as file:
        return Contrast(**json.load(file))

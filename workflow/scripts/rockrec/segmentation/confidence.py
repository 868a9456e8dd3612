"""How sure a model is of each pixel, kept as means over small squares beside the labels."""

import json
import os
from collections.abc import Mapping

import numpy as np

from rockrec.housekeeping.outputs import written_whole
from rockrec.mosaics.writing import write_mosaic

CELL = 8  # px of what the model sees; one pixel of the image
SURE = 255  # stands for a probability of 1; 0 is outside
DOUBTFUL = 0.75  # of two classes: as far from sure as from a toss


class Confidence:
    """Gathers how probable the classes are that a mosaic's pixels are given, band by band.

    Probabilities are rounded to 1/255 pixel by pixel, so that the means are the same however the
    mosaic is cut into bands.

    Attributes
    ----------
    shape : of what the model saw, px; after `begin`.
    """

    def begin(self, shape: tuple[int, int], outside=None) -> None:
        """Start with an image of this shape; `outside` (2D bool, read by rows) does not count."""
        self.shape, self._outside, self._top = tuple(shape), outside, 0
        cells = tuple(-(-side // CELL) for side in shape)
        self._sums, self._pixels = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
        self._doubtful = 0
        self._starts = np.arange(0, shape[1], CELL)

    def add(self, probability: np.ndarray) -> None:
        """Add the next rows, (h, w): how probable the most probable class is."""
        levels = (probability * SURE + 0.5).astype(np.uint8)
        rows = slice(self._top, self._top + len(levels))
        rock = np.ones(levels.shape, bool)
        if self._outside is not None:
            rock = ~self._outside[rows]
            levels = np.where(rock, levels, np.uint8(0))
        self._doubtful += np.count_nonzero(levels < DOUBTFUL * SURE) - np.count_nonzero(~rock)
        cells = np.arange(rows.start, rows.stop) // CELL
        for total, values in ((self._sums, levels), (self._pixels, rock)):
            by_cell = np.add.reduceat(values, self._starts, axis=1, dtype=np.int64)
            np.add.at(total, cells, by_cell)
        self._top = rows.stop

    @property
    def image(self) -> np.ndarray:
        """Mean over the rock of each square, uint8: 255 is sure, 0 stands where no rock is."""
        pixels = np.maximum(self._pixels, 1)
        return ((2 * self._sums + pixels) // (2 * pixels)).astype(np.uint8)

    def told(self, shape: tuple[int, int]) -> dict:
        """Sum it up for a mosaic of `shape`, px.

        ``cell_px``: the sides of a square in pixels of the mosaic; ``mean``: of the rock's pixels;
        ``doubtful``: the share of them whose class is less probable than ``below``.
        """
        pixels = int(self._pixels.sum())
        return {
            "cell_px": [CELL * side / seen for side, seen in zip(shape, self.shape, strict=True)],
            "pixels": pixels,
            "mean": float(self._sums.sum() / (SURE * max(pixels, 1))),
            "below": DOUBTFUL,
            "doubtful": self._doubtful / max(pixels, 1),
        }


def write_confidence(
    path: str | os.PathLike,
    summary: str | os.PathLike,
    confidence: Confidence,
    pixel_size_nm: float,
    shape: tuple[int, int],
    threads: int = 1,
) -> None:
    """Write the image of a confidence as a pyramid, and its summary as JSON.

    Parameters
    ----------
    pixel_size_nm, shape : of the mosaic that was segmented.
    """
    told = confidence.told(shape)
    write_mosaic(path, confidence.image, pixel_size_nm * told["cell_px"][1], threads=threads)
    with written_whole(summary) as partial:
        partial.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def read_summary(path: str | os.PathLike) -> Mapping:
    """Read what `write_confidence` summed up, see `Confidence.told`."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)

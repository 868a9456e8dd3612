"""Which pixels of a mosaic are no rock: not scanned, a banner, or masked by the user."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np

from rockrec.mosaics.inspected import read_inspection
from rockrec.mosaics.reading import open_mosaic, row_bands

ROCK, MASKED, NOT_SCANNED = 0, 128, 255  # what a mosaic of marks holds
CELL = 16  # px; whether a square holds rock alone is told by cells, and by pixels where it must be
AT_ONCE = 256  # random squares that are looked at together


class Outside:
    """The pixels of a mosaic that are no rock, read like an array of bool.

    Parameters
    ----------
    marks : 2D, an array or an open mosaic; 0 where the mosaic is rock.
    """

    def __init__(self, marks):
        self.marks, self.shape = marks, tuple(marks.shape)

    def __getitem__(self, region) -> np.ndarray:
        """Return a region, given by one slice (rows) or two, without steps."""
        return self.marks[region] != ROCK

    def rock_along(self, axis: int) -> list[int]:
        """Return how many pixels of rock each row (axis 0) or column (axis 1) has."""
        return (self.shape[1 - axis] - self._summary[axis]).tolist()

    def are_rock(self, rows: Sequence[int], columns: Sequence[int], side: int) -> np.ndarray:
        """Say of several squares, given by their corners and one side, whether all is rock."""
        rows, columns = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        touched = self._dirty(rows // CELL, columns // CELL, *_ends(rows, columns, side))
        within = self._dirty(
            -(-rows // CELL), -(-columns // CELL), (rows + side) // CELL, (columns + side) // CELL
        )
        rock = touched == 0
        for at in np.flatnonzero((touched > 0) & (within <= 0)):
            row, column = rows[at], columns[at]
            rock[at] = not self[row : row + side, column : column + side].any()
        return rock

    def draw_squares(
        self, side: int, number: int, rng: np.random.Generator, tries: int = 4000
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the corners of random squares that hold rock alone: rows and columns.

        Raises
        ------
        ValueError : too few of a million random squares do.
        """
        height, width = self.shape
        found = np.empty((2, 0), np.int64)
        for _ in range(tries):
            rows = rng.integers(0, height - side + 1, AT_ONCE)
            columns = rng.integers(0, width - side + 1, AT_ONCE)
            rock = self.are_rock(rows, columns, side)
            found = np.concatenate([found, np.stack([rows[rock], columns[rock]])], axis=1)
            if found.shape[1] >= number:
                return found[0, :number], found[1, :number]
        raise ValueError(
            f"of {tries * AT_ONCE:,} random squares of {side} px, {found.shape[1]} lie wholly "
            f"inside the rock, {number} are needed"
        )

    def _dirty(self, top, left, bottom, right) -> np.ndarray:
        """Count the cells with a pixel outside in rectangles of cells (0 in empty ones)."""
        sums = self._summary[2]
        bottom, right = np.maximum(bottom, top), np.maximum(right, left)
        return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]

    @cached_property
    def _summary(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pixels outside by row and by column, and the running sums of cells that hold any."""
        height, width = self.shape
        by_row, by_column = np.zeros(height, np.int64), np.zeros(width, np.int64)
        starts, cells = np.arange(0, width, CELL), []
        for rows in row_bands(height, 16 * CELL):
            band = self[rows]
            by_row[rows] = np.count_nonzero(band, axis=1)
            by_column += np.count_nonzero(band, axis=0)
            down = np.logical_or.reduceat(band, np.arange(0, len(band), CELL), axis=0)
            cells.append(np.logical_or.reduceat(down, starts, axis=1))
        sums = np.concatenate(cells).cumsum(0, np.int32).cumsum(1, np.int32)
        return by_row, by_column, np.pad(sums, ((1, 0), (1, 0)))


def _ends(rows, columns, side):
    return -(-(rows + side) // CELL), -(-(columns + side) // CELL)


@contextmanager
def open_outside(
    path: str | os.PathLike | None, inspection: str | os.PathLike | None
) -> Iterator[Outside | None]:
    """Open the marks of what is outside; None where nothing is, or nothing was inspected."""
    if not inspection or not read_inspection(inspection).outside:
        yield None
        return
    with open_mosaic(path) as marks:
        yield Outside(marks)

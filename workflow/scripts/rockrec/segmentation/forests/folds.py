"""Divide labels into folds by place, so that few strokes can both teach and test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rockrec.segmentation.fields import Field

FOLDS = 5
SIDES = (512, 256, 128, 64, 32)  # px of the squares that are a place each
Place = tuple[int, int]  # of squares, from the mosaic's first row and column


@dataclass(frozen=True)
class Folds:
    """Squares of a mosaic, each with all its labels in one fold.

    Attributes
    ----------
    side : px of the squares.
    fold_of : by square.
    places : by label value, how many squares hold it.
    """

    side: int
    fold_of: Mapping[Place, int]
    places: Mapping[int, int]

    def known(self, value: int) -> bool:
        """Whether a class can be tested: labels elsewhere teach what labels here test."""
        return self.places[value] > 1

    def at(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the folds of pixels by their place in the mosaic; all have to be labelled."""
        squares = np.column_stack([rows // self.side, columns // self.side])
        found, which = np.unique(squares, axis=0, return_inverse=True)
        folds = np.array([self.fold_of[tuple(square)] for square in found.tolist()])
        return folds[which.ravel()]


def folds_by_place(fields: Sequence[Field], classes: Sequence[int]) -> Folds:
    """Divide labelled pixels into at most five folds of squares.

    The squares are the largest in which each class lies in five or more; where labels are too few
    for that, those that let the most classes be tested. The rarest class is dealt out first.
    """

    def merit(side: int):
        known = [n for n in _places(counts[side], classes).values() if n > 1]
        return len(known), min([FOLDS, *known]), side if known else -side

    counts = {side: _counts(fields, side) for side in SIDES}
    side = max(SIDES, key=merit)
    return Folds(side, _dealt(counts[side], classes), _places(counts[side], classes))


def _counts(fields: Sequence[Field], side: int) -> dict[Place, np.ndarray]:
    """Labelled pixels of each value, (256,), by square."""
    counts = {}
    for field in fields:
        labels = field.labels
        rows, columns = ((first + np.arange(length)) // side for first, length in zip(
            (field.row, field.column), field.shape, strict=True
        ))  # fmt: skip
        for row in np.unique(rows):
            for column in np.unique(columns):
                piece = labels[np.ix_(rows == row, columns == column)]
                found = np.bincount(piece.ravel(), minlength=256)
                if found[1:].any():
                    place = int(row), int(column)
                    counts[place] = counts.get(place, 0) + found
    return counts


def _places(counts: Mapping[Place, np.ndarray], classes: Sequence[int]) -> dict[int, int]:
    return {value: sum(found[value] > 0 for found in counts.values()) for value in classes}


def _dealt(counts: Mapping[Place, np.ndarray], classes: Sequence[int]) -> dict[Place, int]:
    """Deal the squares out to the folds: for each class its fullest first, to the emptiest."""
    places = _places(counts, classes)
    filled, fold_of = np.zeros((FOLDS, 256), np.int64), {}
    for value in sorted(classes, key=places.get):
        waiting = [place for place in counts if place not in fold_of and counts[place][value]]
        for place in sorted(waiting, key=lambda place: (-counts[place][value], place)):
            emptiest = np.lexsort((filled[:, 1:].sum(axis=1), filled[:, value]))[0]
            fold_of[place] = int(emptiest)
            filled[emptiest] += counts[place]
    return fold_of

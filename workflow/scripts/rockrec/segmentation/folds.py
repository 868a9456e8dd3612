"""Divide labels into folds by place, so that few strokes can both teach and test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rockrec.segmentation.fields import Field

FOLDS = 5
SIDES = (512, 256, 128, 64, 32)  # px of the squares that are a place each
MOST_SQUARES = 2**31  # along an axis
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

    @property
    def known(self) -> list[int]:
        """Classes that can be tested: labels elsewhere teach what labels here test."""
        return [value for value, number in self.places.items() if number > 1]

    @property
    def numbers(self) -> list[int]:
        """The folds that hold labels."""
        return sorted(set(self.fold_of.values()))

    def at(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the folds of pixels by their place in the mosaic; all have to be labelled."""
        squares = (rows // self.side).astype(np.int64) * MOST_SQUARES + columns // self.side
        found, which = np.unique(squares, return_inverse=True)
        places = zip(*np.divmod(found, MOST_SQUARES), strict=True)
        folds = np.array([self.fold_of[int(row), int(column)] for row, column in places], np.int8)
        return folds[which]

    def labels_in(self, field: Field, folds: Collection[int]) -> np.ndarray:
        """Return the labels of a field that lie in some of the folds, (h, w), 0 elsewhere."""
        labels = field.labels.copy()
        rows, columns = np.nonzero(labels)
        others = ~np.isin(self.at(field.row + rows, field.column + columns), list(folds))
        labels[rows[others], columns[others]] = 0
        return labels


def folds_by_place(fields: Sequence[Field], classes: Sequence[int], most: int = FOLDS) -> Folds:
    """Divide labelled pixels into at most `most` folds of squares.

    The squares are the largest in which each class lies in `most` or more; where labels are too few
    for that, those that let the most classes be tested. The rarest class is dealt out first.
    """

    def merit(side: int):
        known = [n for n in _places(counts[side], classes).values() if n > 1]
        return len(known), min([most, *known]), side if known else -side

    counts = {side: _counts(fields, side) for side in SIDES}
    side = max(SIDES, key=merit)
    return Folds(side, _dealt(counts[side], classes, most), _places(counts[side], classes))


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


def _dealt(
    counts: Mapping[Place, np.ndarray], classes: Sequence[int], most: int
) -> dict[Place, int]:
    """Deal the squares out to the folds: for each class its fullest first, to the emptiest."""
    places = _places(counts, classes)
    filled, fold_of = np.zeros((most, 256), np.int64), {}
    for value in sorted(classes, key=places.get):
        waiting = [place for place in counts if place not in fold_of and counts[place][value]]
        for place in sorted(waiting, key=lambda place: (-counts[place][value], place)):
            emptiest = np.lexsort((filled[:, 1:].sum(axis=1), filled[:, value]))[0]
            fold_of[place] = int(emptiest)
            filled[emptiest] += counts[place]
    return fold_of

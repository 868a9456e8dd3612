"""What a U-Net learns from: blocks of a mosaic, with strokes and a forest's word on the rest.

The forest is asked for some blocks only, around the strokes and all over the mosaic, however large
that is.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import Field, one_of_each_mosaic
from rockrec.segmentation.forests.features import HALO, features_of
from rockrec.segmentation.forests.inference import surroundings
from rockrec.segmentation.forests.model import normalised
from rockrec.segmentation.forests.training import Forests
from rockrec.segmentation.forests.trees import Trees

SIDE = 2  # of a block, in training crops
SHARE = 1 / 8  # of the pixels of all training crops that a forest is asked for
CERTAIN = 255  # stands for a probability of 1
LEAST_ROCK = 0.5  # of a block


@dataclass(frozen=True)
class Lesson:
    """A block to learn from.

    Attributes
    ----------
    strokes : the block, with its labels.
    gray : (h, w) of it; None where it is read from the mosaic when it is asked for.
    shares : (classes, h, w) uint8, how probable a forest holds the classes, in 1/255; 0 of all
        where it is no rock; None where the forest was not asked.
    """

    strokes: Field
    gray: np.ndarray | None = None
    shares: np.ndarray | None = None

    def gray_at(self, row: int, column: int, shape: Sequence[int]) -> np.ndarray:
        """Return the gray levels of a piece that begins at a pixel of the block."""
        if self.gray is None:
            return self.strokes.gray_at(row, column, shape)
        return self.gray[row : row + shape[0], column : column + shape[1]]


@dataclass(frozen=True)
class Blocks:
    """Blocks that lessons are made of: those with strokes, and those that a forest is asked for."""

    painted: Sequence[Field]
    asked: Sequence[Field]  # some of the painted ones, then others

    def digest(self, fields: Sequence[Field]) -> str:
        """SHA-256 of all that a training sees of the mosaics, and of the labels of `fields`."""
        found = hashlib.sha256()
        for field in (*fields, *map(_with_surroundings, self.asked)):
            found.update(repr((field.row, field.column, field.shape, field.gray.dtype)).encode())
            outside = field.outside
            for array in (field.labels, field.gray, *(() if outside is None else (outside,))):
                found.update(np.ascontiguousarray(array))
        return found.hexdigest()


def blocks_of(fields: Sequence[Field], settings: UNetSettings, seed: int) -> Blocks:
    """Choose the blocks: all with labels; of those some, and as many elsewhere, for a forest."""
    rng, side = np.random.default_rng(seed), SIDE * settings.crop
    crops = settings.epochs * settings.steps * settings.batch
    wanted = max(2, round(SHARE * crops / SIDE**2))
    painted = [block for field in fields for block in _tiles(field, side) if block.labels.any()]
    asked = [painted[at] for at in rng.permutation(len(painted))[: wanted // 2].tolist()]
    return Blocks(painted, [*asked, *_elsewhere(fields, side, wanted - len(asked), rng)])


def lessons_of(
    blocks: Blocks, forests: Forests, folds: Sequence[int], threads: int
) -> dict[int | None, list[Lesson]]:
    """Return the lessons of all labels (None), and those of all labels but a fold's.

    What is told of the pixels without labels is by the forest that has seen just those labels.
    """
    trees = {None: forests.forest.trees} | {fold: forests.by_fold[fold] for fold in folds}
    gray_range = forests.forest.gray_range
    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(lambda block: _asked(block, trees, gray_range), blocks.asked))
    grays = [block.gray for block in blocks.asked]
    rest = [block for block in blocks.painted if not any(block is one for one in blocks.asked)]
    lessons = {}
    for fold in trees:
        others = [number for number in forests.folds.numbers if number != fold]

        def seen(block: Field, fold=fold, others=others) -> Field:
            if fold is None or not block.labels.any():
                return block
            return block.relabelled(forests.folds.labels_in(block, others))

        lessons[fold] = [
            Lesson(seen(block), gray, shares[fold])
            for block, gray, shares in zip(blocks.asked, grays, answers, strict=True)
        ] + [Lesson(seen(block)) for block in rest]
    return lessons


def _asked(
    block: Field, trees: Mapping[int | None, Trees], gray_range: tuple[float, float]
) -> dict[int | None, np.ndarray]:
    """How probable forests hold the classes of a block's pixels."""
    around = _with_surroundings(block)
    spans = tuple(
        slice(first - begin, first - begin + side)
        for first, begin, side in zip(
            (block.row, block.column), (around.row, around.column), block.shape, strict=True
        )
    )
    outside = around.outside
    hidden = None if outside is None else surroundings(outside, *spans)
    features = features_of(normalised(surroundings(around.gray, *spans), gray_range), hidden)
    rock = 1 if outside is None else ~outside[spans]
    features = features.reshape(len(features), -1)
    return {
        fold: (np.rint(some.votes(features) * CERTAIN).reshape(-1, *block.shape) * rock).astype(
            np.uint8
        )
        for fold, some in trees.items()
    }


def _with_surroundings(block: Field) -> Field:
    """A block and what a forest sees around it, as far as the mosaic reaches."""
    return block.elsewhere(
        *(
            slice(max(first - HALO, 0), min(first + side + HALO, whole))
            for first, side, whole in zip(
                (block.row, block.column), block.shape, block.mosaic_shape, strict=True
            )
        )
    )


def _tiles(field: Field, side: int) -> list[Field]:
    """Cut a field into blocks; the last ones are moved back into it, or it is one block."""
    corners = [
        sorted({max(min(first, whole - side), 0) for first in range(0, whole, side)})
        for whole in field.shape
    ]
    return [
        field.within(slice(row, row + side), slice(column, column + side))
        for row in corners[0]
        for column in corners[1]
    ]


def _elsewhere(
    fields: Sequence[Field], side: int, count: int, rng: np.random.Generator
) -> list[Field]:
    """Blocks at random places of the mosaics, no two the same, mostly of rock."""
    places = [
        (field, row, column)
        for field in one_of_each_mosaic(fields)
        for row in range(0, max(field.mosaic_shape[0] - side // 2, 1), side)
        for column in range(0, max(field.mosaic_shape[1] - side // 2, 1), side)
    ]
    found = []
    for at in rng.permutation(len(places)).tolist():
        if len(found) == count:
            break
        field, *corner = places[at]
        spans = (
            slice(max(min(first, whole - side), 0), min(first + side, whole))
            for first, whole in zip(corner, field.mosaic_shape, strict=True)
        )
        block = field.elsewhere(*spans)
        outside = block.outside
        if outside is None or 1 - outside.mean() >= LEAST_ROCK:
            found.append(block)
    return found

"""What a forest teaches a U-Net: nothing of the strokes that it is to be tested by."""

import numpy as np
import pytest

from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import fields_at, labelled_fields
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.inference import probabilities, surroundings
from rockrec.segmentation.forests.training import fit_forests
from rockrec.segmentation.lessons import CERTAIN, SIDE, blocks_of, lessons_of
from rockrec.synthetic import SyntheticRock, make_rock

SETTINGS = UNetSettings(crop=32, batch=8, epochs=10, steps=40)
BLOCK = SIDE * SETTINGS.crop


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 256, 768, seed=4)


def fitted(fields, **changes):
    options = {"classes": {}, "gray_range": (10, 240), "settings": ForestSettings(trees=5)}
    return fit_forests(fields, seed=1, folds=2, **{**options, **changes})


def labels_of(lessons, shape) -> np.ndarray:
    found = np.zeros(shape, np.uint8)
    for strokes in (one.strokes for one in lessons):
        piece = found[strokes.row :, strokes.column :][: strokes.shape[0], : strokes.shape[1]]
        np.maximum(piece, strokes.labels, out=piece)
    return found


def test_lessons_hold_all_strokes_and_those_of_a_fold_none_of_its_own(rock):
    fields = labelled_fields(rock.gray, rock.labels)
    forests = fitted(fields)
    lessons = lessons_of(blocks_of(fields, SETTINGS, 3), forests, [0, 1], threads=2)
    assert np.array_equal(labels_of(lessons[None], rock.labels.shape), rock.labels)
    rows, columns = np.nonzero(rock.labels)
    folds = np.full(rock.labels.shape, -1)
    folds[rows, columns] = forests.folds.at(rows, columns)
    for fold in (0, 1):
        seen = np.where(folds == 1 - fold, rock.labels, 0)
        assert np.array_equal(labels_of(lessons[fold], rock.labels.shape), seen)


def test_the_answers_are_those_of_the_forest_that_saw_as_much(rock):
    """Wherever a block lies: as if the whole mosaic had been asked."""
    fields = labelled_fields(rock.gray, rock.labels)
    forests = fitted(fields)
    blocks = blocks_of(fields, SETTINGS, 3)
    lessons = lessons_of(blocks, forests, [0], threads=1)
    spans = (slice(0, rock.gray.shape[0]), slice(0, rock.gray.shape[1]))
    features_seen = surroundings(rock.gray, *spans)
    for fold in (None, 0):
        forest = forests.forest
        if fold is not None:
            forest = type(forest)(forests.by_fold[fold], forest.classes, forest.gray_range)
        whole = np.rint(probabilities(forest, features_seen) * CERTAIN)
        taught = [one for one in lessons[fold] if one.shares is not None]
        assert len(taught) == len(blocks.asked) > 10
        for one in taught:
            row, column, (height, width) = one.strokes.row, one.strokes.column, one.strokes.shape
            wanted = whole[:, row : row + height, column : column + width]
            assert np.array_equal(one.shares, wanted)
            assert np.array_equal(one.gray, rock.gray[row : row + height, column : column + width])


def test_blocks_reach_all_over_the_mosaics_and_are_as_many_as_the_training_is_long(rock):
    other = make_rock("fractures", 320, 512, seed=5)
    strokes = np.zeros((40, 60), np.uint8)
    strokes[:20, :20], strokes[30:, 40:] = 1, 2
    fields = fields_at(rock.gray, [(strokes, 100, 200)], HALO)
    fields += fields_at(other.gray, [(strokes, 0, 0)], HALO)
    blocks = blocks_of(fields, SETTINGS, 3)
    crops = SETTINGS.epochs * SETTINGS.steps * SETTINGS.batch
    elsewhere = [block for block in blocks.asked if not block.labels.any()]
    assert len(blocks.asked) <= crops / 8 / SIDE**2
    assert len(elsewhere) == 4 * 12 + 5 * 8  # all of the two mosaics: they are small
    assert sum(block.labels.astype(bool).sum() for block in blocks.painted) >= 2 * 20 * 20
    few = blocks_of(fields, UNetSettings(crop=32, batch=1, epochs=1, steps=1), 3)
    assert len(few.asked) == 2  # with strokes, and without


def test_nothing_is_taught_of_what_is_no_rock(rock):
    outside = np.zeros(rock.gray.shape, bool)
    outside[:, 300:] = True
    fields = labelled_fields(rock.gray, rock.labels, HALO, outside)
    blocks = blocks_of(fields, SETTINGS, 3)
    lessons = lessons_of(blocks, fitted(fields), [], threads=1)[None]
    for one in lessons:
        if one.shares is not None:
            assert np.array_equal(one.shares.any(axis=0), ~one.strokes.outside)
    assert all(one.strokes.outside.mean() <= 0.5 for one in lessons[len(blocks.painted) :])


def test_the_digest_is_of_labels_and_gray_and_of_nothing_else(rock):
    def digest(gray=rock.gray, labels=rock.labels, seed=3):
        fields = labelled_fields(gray, labels)
        return blocks_of(fields, SETTINGS, seed).digest(fields)

    gray, labels = rock.gray.copy(), rock.labels.copy()
    gray[0, 0] ^= 1
    labels[tuple(np.argwhere(labels == 1)[0])] = 2
    assert digest() == digest(gray=rock.gray.copy())
    assert len({digest(), digest(gray=gray), digest(labels=labels)}) == 3

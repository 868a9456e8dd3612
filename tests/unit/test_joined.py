"""Several mosaics as one: each is read in its place, in the contrast of the first."""

import numpy as np
import pytest

from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.forests.model import normalised
from rockrec.segmentation.joined import STEP, Joined, Part, counts_told

RANGES = ((10, 200), (5000, 40000), (0, 100))
SHAPES = ((STEP + 3, 300), (200, 500), (STEP, 200))


@pytest.fixture
def parts():
    random = np.random.default_rng(0)
    found = []
    for number, (shape, (low, high)) in enumerate(zip(SHAPES, RANGES, strict=True)):
        kind = np.uint16 if high > 255 else np.uint8
        mosaic = random.integers(low, high, shape).astype(kind)
        labels = np.zeros(shape, np.uint8)
        labels[50:90, 60:100] = 1 + number % 2
        labels[150:160, 20:30] = 2
        outside = random.random(shape) < 0.1 if number == 1 else None
        fields = labelled_fields(mosaic, labels, 30, outside)
        found.append(Part("abc"[number], mosaic, (low, high), outside, fields))
    return found


def test_fields_show_their_mosaic_stretched_to_the_first(parts):
    joined = Joined(parts)
    fields, own = joined.fields(), [field for part in parts for field in part.fields]
    assert joined.whose() == ["a", "b", "c"] and joined.gray_range == RANGES[0]
    assert joined.shape == (4 * STEP, 500)
    for field, before, part in zip(fields, own, parts, strict=True):
        assert np.array_equal(field.labels, before.labels)
        levels = normalised(field.gray, joined.gray_range)
        assert levels == pytest.approx(normalised(before.gray, part.gray_range), abs=1e-5)
        assert before.outside is None or np.array_equal(field.outside, before.outside)
        assert before.outside is not None or not field.outside.any()
        piece = field.gray_at(3, 5, (20, 30))
        assert np.array_equal(piece, field.gray[3:23, 5:35])


def test_no_place_lies_in_two_mosaics(parts):
    firsts = [field.row // STEP for field in Joined(parts).fields()]
    assert firsts == [0, 2, 3]


def test_what_lies_between_and_beside_mosaics_is_outside(parts):
    joined = Joined(parts)
    whole, marks = joined[:, :], joined.outside[:, :]
    assert whole.shape == marks.shape == joined.shape
    rock = [np.count_nonzero(~marks[first : first + STEP]) for first in range(0, 4 * STEP, STEP)]
    hidden = np.count_nonzero(parts[1].outside)
    assert rock == [STEP * 300, 3 * 300, 200 * 500 - hidden, STEP * 200]
    assert (
        whole[marks & (np.arange(500) >= 300) & (np.arange(4 * STEP) < STEP)[:, None]] == 10
    ).all()
    piece = np.s_[STEP - 20 : 2 * STEP + 9, 150:480]
    assert np.array_equal(joined[piece], whole[piece])
    assert np.array_equal(joined.outside[piece], marks[piece])


def test_labels_are_told_by_sample(parts):
    first, second, third = counts_told(parts)
    assert first == "a: labelled pixels 1: 1,600, 2: 100"
    assert second.startswith("b: labelled pixels 2: 1,") and ", " not in second  # none outside
    assert third == "c: labelled pixels 1: 1,600, 2: 100"
    nothing = Part("d", parts[0].mosaic, (0, 1), None, [])
    assert counts_told([nothing]) == ["d: labelled pixels none"]

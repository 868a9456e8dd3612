"""How sure a model is: summed up by squares, and the fields in which it doubts most."""

import json

import numpy as np
import pytest
import yaml

from rockrec.mosaics import open_mosaic
from rockrec.segmentation.confidence import CELL, Confidence, read_summary, write_confidence
from rockrec.segmentation.paint_next import FIELDS, SIDE, as_labels, doubtful_fields


def gathered(probability, outside=None, bands=(1000,)):
    """The confidence of an image that is told in bands of some heights, over and over."""
    confidence, top, turn = Confidence(), 0, 0
    confidence.begin(probability.shape, outside)
    while top < len(probability):
        height = bands[turn % len(bands)]
        confidence.add(probability[top : top + height])
        top, turn = top + height, turn + 1
    return confidence


@pytest.fixture
def probability():
    return np.random.default_rng(4).uniform(0.5, 1, (67, 93)).astype(np.float32)


def test_a_pixel_is_the_mean_over_the_rock_of_its_square(probability):
    outside = np.random.default_rng(0).random(probability.shape) < 0.3
    outside[16:24, 24:32] = True  # a square without rock
    confidence = gathered(probability, outside)
    image = confidence.image
    assert image.shape == (9, 12) and image[2, 3] == 0
    for row in range(9):
        for column in range(12):
            at = np.s_[CELL * row : CELL * row + CELL, CELL * column : CELL * column + CELL]
            rock = probability[at][~outside[at]]
            if len(rock):
                assert image[row, column] == pytest.approx(255 * rock.mean(), abs=1.01)
    told, rock = confidence.told(probability.shape), probability[~outside]
    assert told["pixels"] == len(rock) and told["cell_px"] == [CELL, CELL]
    assert told["mean"] == pytest.approx(rock.mean(), abs=1e-3)
    assert told["doubtful"] == pytest.approx((rock < 0.75).mean(), abs=0.01)


@pytest.mark.parametrize("bands", [(1,), (7, 3, 20), (8,), (66, 1)])
def test_bands_change_nothing(probability, bands):
    outside = probability > 0.9
    whole, parts = gathered(probability, outside), gathered(probability, outside, bands)
    assert np.array_equal(whole.image, parts.image)
    assert whole.told((67, 93)) == parts.told((67, 93))


def test_who_is_sure_has_no_doubts():
    sure = gathered(np.ones((20, 30), np.float32), np.zeros((20, 30), bool))
    assert (sure.image == 255).all() and sure.told((20, 30))["doubtful"] == 0
    nothing = gathered(np.ones((20, 30), np.float32), np.ones((20, 30), bool))
    assert not nothing.image.any() and nothing.told((20, 30))["pixels"] == 0


def test_it_is_kept_at_its_own_pixel_size(probability, tmp_path):
    """What was seen at half the size covers squares of twice as many of the mosaic's pixels."""
    confidence = gathered(probability)
    paths = tmp_path / "confidence.tif", tmp_path / "confidence.json"
    write_confidence(*paths, confidence, 50.0, (134, 186))
    with open_mosaic(paths[0]) as kept:
        assert kept.dtype == np.uint8 and kept.pixel_size_nm == pytest.approx(2 * CELL * 50.0)
        assert np.array_equal(kept[:], confidence.image)
    assert read_summary(paths[1])["cell_px"] == [2 * CELL, 2 * CELL]
    json.loads(paths[1].read_text("utf-8"))


# --- where to paint next ------------------------------------------------------------------------


def overlap(one, other):
    return all(
        one[first] < other[first] + other[side] and other[first] < one[first] + one[side]
        for first, side in (("row", "height"), ("column", "width"))
    )


def test_fields_lie_where_the_doubt_is_apart_and_in_the_mosaic():
    shape = (1500, 2100)
    confidence = np.full((188, 263), 250, np.uint8)
    confidence[100:120, 200:230] = 130
    confidence[30:40, 10:20] = 180
    fields = doubtful_fields(confidence, (CELL, CELL), shape)
    assert len(fields) == FIELDS
    first, second = fields[:2]
    assert first["row"] <= 800 < first["row"] + SIDE
    assert first["column"] <= 1600 < first["column"] + SIDE
    assert second["row"] <= 280 < second["row"] + SIDE and second["column"] <= 120
    doubts = [field["doubt"] for field in fields]
    assert doubts == sorted(doubts, reverse=True) and 0 < doubts[-1] < doubts[0] < 0.5
    for number, field in enumerate(fields):
        assert 0 <= field["row"] <= shape[0] - SIDE and 0 <= field["column"] <= shape[1] - SIDE
        assert not any(overlap(field, other) for other in fields[:number])


def test_doubt_is_of_the_rock_and_fields_hold_enough_of_it():
    confidence = np.full((64, 128), 200, np.uint8)
    confidence[:, 80:] = 0  # no rock
    confidence[:, 60:80] = 128
    fields = doubtful_fields(confidence, (CELL, CELL), (512, 1024))
    assert fields and all(field["column"] + SIDE / 2 <= 80 * CELL for field in fields)
    rock_alone = 1 - (12 * 200 + 20 * 128) / 32 / 255  # of the columns 48 to 80
    assert fields[0]["doubt"] >= rock_alone - 1e-9
    assert doubtful_fields(np.zeros((64, 128), np.uint8), (CELL, CELL), (512, 1024)) == []


def test_a_mosaic_smaller_than_a_field_is_one():
    fields = doubtful_fields(np.full((13, 50), 200, np.uint8), (CELL, CELL), (100, 400))
    assert {(one["row"], one["height"], one["width"]) for one in fields} == {(0, 100, SIDE)}
    assert len(fields) == 1
    resampled = doubtful_fields(np.full((40, 90), 200, np.uint8), (19.9, 20.1), (800, 1800))
    assert all(one["row"] + SIDE <= 800 and one["column"] + SIDE <= 1800 for one in resampled)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (None, []),
        ("my: #1, ö.tif", [{"file": "my: #1, ö.tif", "row": 0, "column": 0}]),
        ([{"file": "a.h5", "row": 7, "column": 9}], [{"file": "a.h5", "row": 7, "column": 9}]),
    ],
)
def test_the_lines_to_paste_keep_what_was_painted(before, kept):
    fields = [{"row": 5, "column": 6, "height": 256, "width": 256, "doubt": 0.25}]
    text = as_labels(fields, ["resources/field_01.tif"], before)
    new = {"file": "resources/field_01.tif", "row": 5, "column": 6}
    assert yaml.safe_load(text) == {"labels": [*kept, new]}

"""What of a mosaic is no rock is found, asked for and marked."""

import numpy as np
import pytest
import tifffile
from example_mosaics import opened, rock
from scipy.ndimage import label

from rockrec.images import ImageError
from rockrec.label_values import value_table, values_in_words
from rockrec.mosaics import (
    Outside,
    contrast_of,
    open_mosaic,
)
from rockrec.mosaics.areas import BAND, Areas
from rockrec.mosaics.inspection import inspect
from rockrec.mosaics.outside import MASKED, NOT_SCANNED

UNASKED = {"asked": False, "values": [], "masks": []}


def looked_at(array, is_gray=True, scanned=None, **said):
    found, marks = inspect(opened(array, scanned), is_gray=is_gray, **(UNASKED | said))
    return found, np.concatenate(list(marks))


# --- connected areas ------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.5, 0.6, 0.97])
@pytest.mark.parametrize("height", [BAND - 1, BAND, 3 * BAND + 7])
def test_areas_are_those_of_the_whole_image(share, height):
    image = np.random.default_rng(height).random((height, 90)) < share
    labels, number = label(image)
    pixels = np.bincount(labels.ravel())[1:]
    areas = Areas(lambda rows: image[rows], image.shape)
    assert len(areas) == number
    assert sorted(areas.pixels) == sorted(pixels)
    for corners, chosen in (
        (areas.boxes, areas.pixels > 0),
        (areas.boxes, areas.touch_border()),
    ):
        found = np.concatenate([band for _, band in areas.bands(chosen)])
        wanted = np.isin(labels, _labels_in(labels, corners[chosen], areas.pixels[chosen]))
        assert np.array_equal(found, wanted & image)


def _labels_in(labels, boxes, pixels):
    """The labels of areas that are given by their bounding box and size."""
    found = set()
    for (top, left, bottom, right), size in zip(boxes, pixels, strict=True):
        inside, counts = np.unique(labels[top:bottom, left:right], return_counts=True)
        first = set(inside[counts == size]) - {0}
        assert first
        found |= first
    return sorted(found)


def test_small_areas_are_let_go_of_and_those_across_a_seam_are_whole():
    image = np.zeros((2 * BAND, 40), bool)
    image[BAND - 3 : BAND + 3, 5] = True  # 6 px, 3 on each side
    image[10, 10:13] = True
    areas = Areas(lambda rows: image[rows], image.shape, least=5)
    large = areas.pixels >= 5
    assert areas.pixels[large].tolist() == [6]
    assert areas.boxes[large].tolist() == [[BAND - 3, 5, BAND + 3, 6]]


# --- what is found --------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 255])
def test_an_unscanned_corner_stops_the_run_with_its_place_and_the_line_to_write(value):
    gray = rock()
    gray[300:, :200] = value
    with pytest.raises(ImageError) as error:
        looked_at(gray, place="samples.my_rock")
    said = str(error.value)
    assert f"an area at the border of the exact value {value} (7.1% of the pixels" in said
    assert "rows 300 to 399, columns 0 to 199" in said
    assert f"Write `outside: {value}` into samples.my_rock of the config" in said
    assert "`outside: none`" in said


def test_a_missing_tile_inside_is_a_rectangle_and_a_dark_grain_is_none():
    gray = rock()
    y, x = np.mgrid[:400, :700]
    gray[np.hypot(y - 200, x - 500) < 60] = 7  # 4 % of the pixels
    assert looked_at(gray)[0].rock == gray.size
    gray[100:200, 100:200] = 0
    with pytest.raises(ImageError, match="a rectangle of the exact value 0 .3.6%"):
        looked_at(gray)


def test_several_values_are_named_in_one_line():
    gray = rock().astype(np.uint16) * 200
    gray[:, :60], gray[:20] = 65535, 0
    with pytest.raises(ImageError, match=r"`outside: {value: \[0, 65535\]}`"):
        looked_at(gray)


def test_rock_and_what_the_user_calls_rock_pass():
    gray = rock()
    found, marks = looked_at(gray)
    assert (found.rock, found.outside) == (gray.size, {})
    assert not marks.any()
    assert found.contrast == contrast_of(gray)
    gray[:100] = 0
    found, marks = looked_at(gray, asked=True)
    assert found.rock == gray.size
    assert not marks.any()


def test_of_labels_nothing_is_asked():
    labels = np.ones((300, 300), np.uint8)
    labels[:100] = 255
    found, marks = looked_at(labels, is_gray=False)
    assert found.rock == labels.size
    assert not marks.any()


# --- what is marked -------------------------------------------------------------------------


def test_a_gray_value_marks_areas_and_spares_dark_pixels_of_the_rock():
    gray = rock(600, 500)
    y, x = np.mgrid[:600, :500]
    ragged = x + 20 * np.sin(y / 9) < 80
    gray[ragged] = 0
    gray[520:530, 300:310], gray[400, 200:230] = 0, 0  # a missing tile, a black crack
    gray[250:252, 497:] = 0  # a dark pore at the border
    found, marks = looked_at(gray, asked=True, values=[0])
    wanted = ragged.copy()
    wanted[520:530, 300:310] = True
    assert np.array_equal(marks == NOT_SCANNED, wanted)
    assert found.rock == gray.size - wanted.sum()
    assert found.outside == {"value 0": wanted.sum()}
    assert found.contrast == contrast_of(gray[~wanted][None])


def test_writing_on_a_banner_goes_with_it():
    gray = rock()
    gray[340:] = 0
    gray[350:370, 20:60] = 255
    gray[380, 100:300] = 180
    found, marks = looked_at(gray, asked=True, values=[0])
    assert (marks[340:] == NOT_SCANNED).all()
    assert not marks[:340].any()
    assert found.outside["islands"] == 20 * 40 + 200


def test_a_label_value_is_outside_wherever_it_stands():
    labels = np.random.default_rng(0).choice([1, 2, 255], (300, 200), p=[0.3, 0.6, 0.1])
    found, marks = looked_at(labels, is_gray=False, asked=True, values=[255])
    assert np.array_equal(marks == NOT_SCANNED, labels == 255)
    table = value_table(labels, Outside(marks)).set_index("value")
    assert table.index[table["rock"] > 0].tolist() == [1, 2]
    assert table.loc[255].tolist() == [0, 0, (labels == 255).sum()]
    assert values_in_words(table.reset_index()).endswith("% (outside)")
    assert found.contrast is None


def test_masks_and_values_come_together_and_masks_are_told_apart():
    gray, one, other = rock(), np.zeros((400, 700), np.uint8), np.zeros((400, 700), np.uint8)
    gray[:, :100] = 0
    one[50:90, 80:300], other[80:120, 200:350] = 255, 1
    for mask in (one, other):
        mask.setflags(write=False)
    masks = [opened(one), opened(other)]
    found, marks = looked_at(gray, asked=True, values=[0], masks=masks)
    masked = ((one | other) > 0) & (gray != 0)
    assert np.array_equal(marks == MASKED, masked)
    assert np.array_equal(marks == NOT_SCANNED, gray == 0)
    assert found.outside == {"value 0": 400 * 100, "masks": masked.sum()}


def test_a_mask_of_several_values_is_refused():
    mask = np.zeros((400, 700), np.uint8)
    mask[:10], mask[20:30] = 1, 2
    with pytest.raises(ImageError, match="has the values 1, 2; a mask is 0 where"):
        looked_at(rock(), asked=True, masks=[opened(mask)])


def test_a_mosaic_without_rock_is_refused():
    with pytest.raises(ImageError, match="no pixel of it is rock"):
        looked_at(np.zeros((300, 300), np.uint8), asked=True, values=[0])


# --- a banner in the microscope's own words -------------------------------------------------

TAGS = {
    "fei": (34682, "[Image]\r\nResolutionX=300\r\nResolutionY=200\r\n"),
    "tescan": (50431, "[MAIN]\nDate=2024\nImageStripSize=40\n"),
}


@pytest.mark.parametrize("maker", TAGS)
@pytest.mark.parametrize("width", [300, 600])
def test_rows_below_the_scan_are_a_banner_if_the_tags_are_of_this_image(tmp_path, maker, width):
    number, text = TAGS[maker]
    tag = (number, "s", 0, text, True)
    tifffile.imwrite(tmp_path / "m.tif", rock(240, width), extratags=[tag], metadata=None)
    with open_mosaic(tmp_path / "m.tif") as mosaic:
        known = width == 300 or maker == "tescan"
        assert mosaic.scan_rows == (200 if known else 240)


def test_a_banner_that_the_tags_state_is_left_out_by_itself_and_said(caplog):
    gray = rock()
    gray[350:] = np.random.default_rng(0).integers(0, 256, (50, 700))
    caplog.set_level("INFO")
    found, marks = looked_at(gray, scanned=350)
    assert (marks[350:] == NOT_SCANNED).all()
    assert not marks[:350].any()
    assert found.outside == {"banner": 50 * 700}
    assert "rows 350 to 399 are a banner" in caplog.text
    assert looked_at(gray, scanned=350, asked=True)[0].outside == {}

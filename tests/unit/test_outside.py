"""What of a mosaic is no rock is found, asked for, marked, and counts nowhere."""

import numpy as np
import pytest
import tifffile
from scipy.ndimage import label

from rockrec.denoise import denoise, denoise_mosaic, denoised_bands
from rockrec.images import ImageError
from rockrec.label_values import value_table, values_in_words
from rockrec.mosaics import (
    Contrast,
    Outside,
    contrast_of,
    open_mosaic,
    open_outside,
    write_mosaic,
)
from rockrec.mosaics.areas import BAND, Areas
from rockrec.mosaics.inspected import Inspection, read_inspection, write_inspection
from rockrec.mosaics.inspection import inspect
from rockrec.mosaics.outside import MASKED, NOT_SCANNED
from rockrec.plain.windows import count_splits, split_windows
from rockrec.res import analyse_res
from rockrec.segmentation import labelled_fields
from rockrec.synthetic import make_rock

UNASKED = {"asked": False, "values": [], "masks": []}


def rock(height=400, width=700, seed=3):
    """Gray levels of rock, none of them 0."""
    gray = make_rock("pores", height, width, seed).gray
    return np.maximum(gray, 1)


class Opened(np.ndarray):
    """An array that says of itself what an open mosaic does."""

    path = "rock.tif"

    @property
    def scan_rows(self):
        return getattr(self, "scanned", self.shape[0])


def opened(array, scanned=None):
    array = array.view(Opened)
    if scanned:
        array.scanned = scanned
    return array


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


# --- outside pixels count nowhere -----------------------------------------------------------


def disc(height, width):
    """What lies outside a disc."""
    y, x = np.mgrid[:height, :width]
    return np.hypot(y - height / 2, x - width / 2) > 0.45 * min(height, width)


def by_hand(image, outside, radius, sigma_space, sigma_gray):
    """The filter as it is written, over rock alone, in double precision."""
    total, weights = np.zeros(image.shape), np.zeros(image.shape)
    padded, hidden = (np.pad(one, radius, mode="reflect") for one in (image * 1.0, outside))
    height, width = image.shape
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            if down**2 + right**2 > radius**2:
                continue
            at = np.s_[radius + down :, radius + right :]
            neighbour, seen = padded[at][:height, :width], ~hidden[at][:height, :width]
            weight = seen * np.exp(-(down**2 + right**2) / (2 * sigma_space**2))
            weight = weight * np.exp(-((neighbour - image) ** 2) / (2 * sigma_gray**2))
            total, weights = total + weight * neighbour, weights + weight
    return total / np.maximum(weights, 1e-300)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("value", [0, 255])
def test_a_pixel_at_the_rim_is_filtered_from_its_rock_neighbours_alone(bits, value):
    outside = disc(130, 150)
    gray = np.where(outside, value, rock(130, 150)).astype(np.uint8)
    contrast, sigma = None, 30.0
    if bits == 16:
        gray = gray.astype(np.uint16) * 200
        contrast, sigma = Contrast(2000, 40000, 0, 51000), 30.0 * 38000 / 255
    found = denoise(gray, "exact", 4, 2.0, 30.0, contrast, outside, filler=77)
    wanted = by_hand(gray, outside, 4, 2.0, sigma)
    assert np.abs(found - wanted)[~outside].max() <= 0.5 + 1e-3
    assert (found[outside] == 77).all()


@pytest.mark.parametrize("kernel", ["exact", "skimage"])
@pytest.mark.parametrize("rows", [5, 33, 130])
def test_what_is_outside_changes_no_pixel_beyond_the_radius_and_bands_do_not_show(kernel, rows):
    outside, gray = disc(130, 150), rock(130, 150)
    contrast = contrast_of(gray, outside)
    gray_there = gray.copy()
    gray_there[outside] = 255
    settings = kernel, 4, 2.0, 30.0, contrast
    found = np.concatenate(list(denoised_bands(gray_there, *settings, rows, outside, 77)))
    assert np.array_equal(found, denoise(gray, *settings, outside, 77))
    y, x = np.mgrid[:130, :150]
    deep = np.hypot(y - 65, x - 75) < 0.45 * 130 - 8
    # scikit-image's weights depend on the largest gray level, here that of the rock.
    whole = np.minimum(gray, contrast.maximum)
    assert np.array_equal(found[deep], denoise(whole, *settings)[deep])


def test_the_contrast_of_a_denoised_mosaic_is_that_of_its_rock(tmp_path):
    outside, gray = disc(300, 400), rock(300, 400)
    settings = {"kernel": "exact", "radius": 2, "sigma_space": 1.5, "sigma_gray": 30.0}
    contrasts = []
    for value in (0, 255):
        damaged = opened(np.where(outside, value, gray).astype(np.uint8))
        path = tmp_path / f"{value}.tif"
        contrasts.append(denoise_mosaic(damaged, path, 50.0, outside=Outside(outside), **settings))
    assert contrasts[0] == contrasts[1]
    assert (tmp_path / "0.tif").read_bytes() == (tmp_path / "255.tif").read_bytes()
    assert contrasts[0].minimum > 0


def test_labels_outside_do_not_count(caplog):
    gray, labels, outside = rock(200, 300), np.zeros((200, 300), np.uint8), np.zeros((200, 300))
    labels[50:60, 20:250] = 2
    outside = outside.astype(bool)
    outside[:, :100] = True
    fields = labelled_fields(gray, labels, 16, outside)
    assert sum(np.count_nonzero(field.labels) for field in fields) == 10 * 150
    assert "800 labelled pixels lie outside the rock" in caplog.text


# --- windows and squares --------------------------------------------------------------------


@pytest.mark.parametrize("side", [1, 7, 16, 50])
def test_squares_of_rock_alone_are_told_as_pixel_by_pixel(side):
    rng = np.random.default_rng(side)
    marks = (rng.random((230, 310)) < 0.0005).astype(np.uint8)
    marks[:40, 100:] = 255
    rows, columns = rng.integers(0, 231 - side, 400), rng.integers(0, 311 - side, 400)
    wanted = [not marks[r : r + side, c : c + side].any() for r, c in zip(rows, columns, strict=1)]
    assert 0 < sum(wanted) < 400
    assert Outside(marks).are_rock(rows, columns, side).tolist() == wanted


def test_drawn_squares_hold_rock_alone_and_reach_all_of_it():
    outside, rng = Outside(disc(300, 300)), np.random.default_rng(0)
    rows, columns = outside.draw_squares(64, 4000, rng)
    assert outside.are_rock(rows, columns, 64).all()
    corners = np.stack([rows, columns])
    possible = [
        (r, c) for r in range(0, 237) for c in range(0, 237) if outside.are_rock([r], [c], 64)[0]
    ]
    assert 0 <= corners.min() - np.min(possible) <= 2
    assert abs(corners.mean() - np.mean(possible)) < 3
    with pytest.raises(ValueError, match="squares of 250 px, 0 lie wholly inside the rock"):
        outside.draw_squares(250, 3, rng, tries=4)


def test_windows_hold_rock_alone_and_the_parts_their_share_of_it():
    hidden = np.zeros((300, 2000), bool)
    hidden[:, 1100:] = True  # the rest is rock: its parts lie there, and not beyond
    outside = Outside(hidden)
    windows = split_windows(300, 2000, 32, 16, 0.15, 0.3, outside)
    assert outside.are_rock(*zip(*((w.row, w.column) for w in windows), strict=True), 32).all()
    alone = split_windows(300, 1100, 32, 16, 0.15, 0.3)
    assert windows == alone
    counts = count_splits(split_windows(900, 900, 32, 16, 0.15, 0.3, Outside(disc(900, 900))))
    assert min(counts[part] for part in ("train", "validation", "heldout")) > 10


def test_what_nothing_is_outside_of_has_the_windows_that_it_had():
    nothing = Outside(np.zeros((400, 1000), bool))
    assert split_windows(400, 1000, 64, 32, 0.15, 0.3, nothing) == split_windows(
        400, 1000, 64, 32, 0.15, 0.3
    )


def test_rock_in_pieces_too_small_for_a_window_is_an_error():
    hidden = np.zeros((200, 400), bool)
    hidden[::20] = True
    with pytest.raises(ValueError, match="no training window of 32 px lies wholly inside"):
        split_windows(200, 400, 32, 16, 0.15, 0.3, Outside(hidden))


def test_the_res_is_that_of_the_rock_whatever_stands_beside_it():
    truth = make_rock("pores", 512, 512, 1).truth
    hidden = disc(512, 512)
    results = []
    for value in (0, 1):
        mosaic = np.where(hidden, value, truth)
        found = analyse_res(
            mosaic, 1, [16, 32, 64], 50.0, squares=20, repeats=3, outside=Outside(hidden)
        )
        results.append(found)
    assert results[0].errors.equals(results[1].errors)
    assert results[0].curves.equals(results[1].curves)


# --- files ----------------------------------------------------------------------------------


def test_an_inspection_comes_back_and_says_whether_marks_are_to_be_opened(tmp_path):
    marks = np.zeros((300, 400), np.uint8)
    marks[:50] = NOT_SCANNED
    write_mosaic(tmp_path / "outside.tif", marks, 50.0)
    files = tmp_path / "outside.tif", tmp_path / "inspection.json"
    some = Inspection(300, 400, 250 * 400, {"value 0": 50 * 400}, Contrast(1, 2, 0, 3), 2)
    write_inspection(files[1], some)
    assert read_inspection(files[1]) == some
    with open_outside(*files) as outside:
        assert np.array_equal(outside[:, :], marks > 0)
    write_inspection(files[1], Inspection(300, 400, 300 * 400, {}))
    for path in files[1], None:
        with open_outside(files[0], path) as outside:
            assert outside is None

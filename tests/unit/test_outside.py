"""What of a mosaic is no rock is found, asked for, marked, and counts nowhere."""

import numpy as np
import pytest
from example_mosaics import opened, rock

from rockrec.denoise import denoise, denoise_mosaic, denoised_bands
from rockrec.mosaics import (
    Contrast,
    Outside,
    contrast_of,
    open_outside,
    write_mosaic,
)
from rockrec.mosaics.inspected import Inspection, read_inspection, write_inspection
from rockrec.mosaics.outside import NOT_SCANNED
from rockrec.plain.windows import count_splits, split_windows
from rockrec.res import analyse_res
from rockrec.segmentation import labelled_fields
from rockrec.synthetic import make_rock

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

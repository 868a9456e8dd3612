"""Faults of a scan are found where they are, and nowhere else."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.mosaics.contrast import contrast_of
from rockrec.scan_faults.fault import (
    BLURRED,
    BREAK,
    GRAY_STEP,
    REPEATED,
    SHIFT,
    Fault,
    drawn,
    read_faults,
    told,
    write_faults,
)
from rockrec.scan_faults.focus import sharpness, variogram
from rockrec.scan_faults.search import find_faults
from rockrec.synthetic import RockVariant, make_rock


def rock(seed: int, height: int = 1100, width: int = 1400) -> np.ndarray:
    """Grains of some 15 px, sharp but for the microscope's spot, and noise."""
    rng = np.random.default_rng(seed)
    grains = gaussian_filter(rng.standard_normal((height, width)), 6)
    gray = 90 + 60 * gaussian_filter((grains > 0).astype(float), 0.7)
    return np.rint(gray + 5 * rng.standard_normal(gray.shape)).astype(np.uint8)


def find(gray: np.ndarray, outside=None, threads: int = 1) -> list[Fault]:
    return find_faults(gray, contrast_of(gray, outside), outside, threads)


@pytest.mark.parametrize("seed", range(3))
def test_an_undisturbed_rock_has_none(seed):
    assert find(rock(seed)) == []


@pytest.mark.parametrize("kind", ["pores", "fractures"])
def test_a_built_in_rock_without_streaks_has_none(kind):
    assert find(make_rock(kind, 1024, 1024, 3, RockVariant(charging=0)).gray) == []


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize(("at", "step"), [(301, 8), (512, -8), (777, 20)])
def test_a_gray_step_is_found_with_its_place_and_size(upright, at, step):
    gray = rock(at)
    contrast = contrast_of(gray)
    beyond = gray[:, at:] if upright else gray[at:]
    beyond += np.array(step).astype(np.uint8)  # wraps as a subtraction does
    (fault,) = find(gray)
    first = fault.left if upright else fault.top
    assert fault.kind == GRAY_STEP
    assert fault.is_upright == upright
    assert abs(first - at) <= 1
    assert fault.amount == pytest.approx(step / (contrast.high - contrast.low), rel=0.25)


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("by", [4, -4, 17])
def test_a_shift_along_a_seam_is_found_with_its_size(upright, by):
    gray = rock(by % 7)
    if upright:
        gray[:, 640:] = np.roll(gray, by, axis=0)[:, 640:]
    else:
        gray[640:] = np.roll(gray, by, axis=1)[640:]
    (fault,) = (one for one in find(gray) if one.kind == SHIFT)
    assert abs((fault.left if upright else fault.top) - 640) <= 1
    assert fault.amount == pytest.approx(by, abs=1)


def test_what_is_missing_at_a_seam_is_a_break():
    gray = rock(5, width=1500)
    gray = np.delete(gray, np.s_[700:760], axis=1)
    (fault,) = find(gray)
    assert fault.kind == BREAK
    assert abs(fault.left - 700) <= 1


@pytest.mark.parametrize(("rows", "lag"), [(1, 1), (12, 12), (3, 20)])
def test_rows_that_stand_twice_are_found(rows, lag):
    gray = rock(2)
    gray[600 : 600 + rows] = gray[600 - lag : 600 - lag + rows]
    faults = [one for one in find(gray) if one.kind == REPEATED]
    assert [(one.top, one.bottom, one.left, one.right) for one in faults] == [
        (600, 600 + rows, 0, gray.shape[1])
    ]


def test_columns_that_stand_twice_are_found_within_their_scan_tile():
    gray = rock(4)
    gray[256:768, 900] = gray[256:768, 899]
    (fault,) = find(gray)
    assert (fault.kind, fault.left, fault.right) == (REPEATED, 900, 901)
    assert (fault.top, fault.bottom) == (256, 768)


def test_even_rows_and_what_is_outside_are_no_repeats():
    gray = rock(1)
    gray[500:540, 100:900] = 255  # a bright grain, saturated
    outside = np.zeros(gray.shape, bool)
    outside[:, 1100:] = True
    gray[outside] = 0
    assert [one for one in find(gray, outside) if one.kind == REPEATED] == []


@pytest.mark.parametrize("sigma", [3.0, 5.0])
def test_a_scan_tile_out_of_focus_is_found(sigma):
    gray = rock(6, 1800, 2100)
    tile = np.s_[400:1424, 700:1724]
    noise = 5 * np.random.default_rng(0).standard_normal((1024, 1024))
    gray[tile] = gaussian_filter(gray[tile].astype(float), sigma) + noise
    (fault,) = (one for one in find(gray) if one.kind == BLURRED)
    assert fault.amount < 0.5
    assert 400 - 256 <= fault.top <= 656 and 1424 - 256 <= fault.bottom <= 1424 + 256
    assert 700 - 256 <= fault.left <= 956 and 1724 - 256 <= fault.right <= 1724 + 256


def test_sharpness_is_one_for_steps_whatever_the_noise_and_less_for_soft_edges():
    rng = np.random.default_rng(1)
    stripes = np.tile(np.repeat([0.0, 100.0], 64), (512, 8))
    for noise in (0, 30):
        gray = stripes + noise * rng.standard_normal(stripes.shape)
        assert sharpness(variogram(gray)) == pytest.approx(1, abs=0.05)
    assert sharpness(variogram(gaussian_filter(stripes, 4))) < 0.5
    assert np.isnan(sharpness(variogram(rng.standard_normal((256, 256)))))


def test_a_round_mosaic_has_no_faults_along_its_rim():
    gray = rock(3, 1536, 1536)
    y, x = np.mgrid[:1536, :1536]
    outside = (y - 768) ** 2 + (x - 768) ** 2 > 700**2
    gray[outside] = 0
    assert find(gray, outside) == []


def test_threads_change_nothing():
    gray = rock(8)
    gray[:, 500:] += 10
    gray[700] = gray[699]
    assert find(gray) == find(gray, threads=3) != []


def test_a_mosaic_smaller_than_a_block_is_looked_at():
    gray = rock(0, 90, 90)
    gray[50] = gray[49]
    (fault,) = find(gray)
    assert (fault.kind, fault.top, fault.bottom) == (REPEATED, 50, 51)


def test_faults_are_kept_told_and_drawn(tmp_path):
    faults = [
        Fault(BREAK, 0, 30, 40, 31),
        Fault(BLURRED, 10, 50, 20, 60, 0.3),
        *(Fault(SHIFT, row, 0, row + 1, 10, -5.0) for row in (5, 15, 25, 35)),
    ]
    write_faults(tmp_path / "faults.csv", faults)
    assert list(map(str, read_faults(tmp_path / "faults.csv"))) == list(map(str, faults))
    shifts, breaks, blurred = told(faults)
    assert "and 1 more" in shifts and "-5 px, rows 5 to 5, columns 0 to 9" in shifts
    assert breaks.startswith("break")
    assert "30% of the usual sharpness, rows 10 to 19, columns 50 to 59" in blurred
    mask = drawn(faults, slice(8, 30), 80)
    assert mask.shape == (22, 80)
    assert mask[:, 22:39].all() and not mask[:, 39:50].any()  # 8 px beside a seam
    assert mask[2:12, 50:60].all() and not mask[:, 60:].any()
    assert mask[:, :10].all() and not mask[:, 10:22].any()

"""The descriptors against their definitions, published curves, analytic answers, bad input."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from rockrec.descriptors import (
    FUNCTIONS,
    NAMES,
    ORDER,
    chord_lengths,
    counting,
    describe,
    describe_mosaic,
    origins,
    scaled,
)
from rockrec.descriptors.counting import count, origin_windows

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
import descriptors_reference as reference

BOUNDARIES = ("unbiased", "periodic", "amiri2023")
PRIMITIVES = ("S2H", "S2V", "S2D+", "S2D-", "P3H", "P3V", "P4", "P6", "LH", "LV", "C2H", "C2V")


def random_images(seed, shape, phase_fraction, n=2):
    rng = np.random.default_rng(seed)
    return (rng.random((n, *shape)) < phase_fraction).astype(np.uint8)


def assert_counts_equal(images, boundary, n_lags):
    names = [n for n in PRIMITIVES if boundary != "amiri2023" or not n.startswith("C2")]
    counts = count(images, names, boundary, n_lags)
    for name in names:
        fits = origin_windows(name, images.shape[1:], boundary, n_lags).prod(axis=1)
        for image, counted in zip(images, counts[name], strict=True):
            for r in range(n_lags):
                expected = reference.primitive_count(image, name, r, boundary)
                found = (counted[r] if fits[r] else 0, fits[r])
                assert found == (expected or (0, 0)), (name, boundary, r)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("phase_fraction", [0, 0.05, 0.35, 0.9, 1])
@pytest.mark.parametrize("size", [2, 7, 20])
def test_counts_equal_the_definitions_on_squares(size, phase_fraction, boundary):
    images = random_images(size, (size, size), phase_fraction)
    assert_counts_equal(images, boundary, size)


@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
@pytest.mark.parametrize("shape", [(3, 19), (19, 3), (5, 130), (130, 5), (12, 64), (64, 12)])
def test_counts_equal_the_definitions_on_oblongs(shape, boundary):
    images = random_images(sum(shape), shape, 0.7)
    assert_counts_equal(images, boundary, min(shape))


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_counts_equal_the_definitions_across_words(boundary):
    images = random_images(5, (70, 70), 0.6, n=1)
    counts = count(images, PRIMITIVES[:10], boundary, 66)
    for name in PRIMITIVES[:10]:
        for r in (0, 1, 31, 32, 33, 62, 64, 65):
            expected = reference.primitive_count(images[0], name, r, boundary)
            if expected is not None and expected[1]:
                assert counts[name][0, r] == expected[0], (name, r)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_curves_are_counts_over_origins(boundary):
    images = random_images(1, (17, 17), 0.5)
    names = [n for n in NAMES if boundary != "amiri2023" or n != "C2"]
    curves = describe(images, names, boundary)
    assert list(curves) == names
    for name in names:
        assert curves[name].shape == (2, 8)
        for image, curve in zip(images, curves[name], strict=True):
            expected = reference.curve(image, name, boundary, 8)
            np.testing.assert_allclose(curve, expected, rtol=1e-14, atol=0)


def test_published_curves_of_the_original_sampler():
    folder = os.environ.get("ROCKREC_TEST_DATA")
    if not folder:
        pytest.skip("ROCKREC_TEST_DATA is not set")
    folder = Path(folder) / "smd_reference"
    compared = 0
    for path in sorted(folder.glob("*.tif")):
        curves = describe(tifffile.imread(path) > 0, boundary="amiri2023")
        for name in FUNCTIONS:
            published_file = path.with_suffix(f".{name}.txt")
            if not published_file.exists():
                continue
            lags, published = np.loadtxt(published_file, unpack=True)
            lags = lags.astype(int)
            kept = lags < 256
            if name in ("P3H", "P3V"):
                kept &= lags % 2 == 0
            tolerance = 1e-6 if name in ("S2", "L") else 5e-4
            difference = np.abs(curves[name][0, lags[kept]] - published[kept])
            assert difference.max() <= tolerance, (path.name, name)
            compared += 1
    assert compared == 17


@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
def test_checkerboard(boundary):
    board = np.indices((16, 16)).sum(axis=0) % 2
    s2 = describe(board, ["S2"], boundary)["S2"][0]
    np.testing.assert_array_equal(s2, [0.5, 0] * 4)


@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
def test_full_and_empty_images(boundary):
    for value in (0, 1):
        for name, curve in describe(np.full((24, 30), value), NAMES, boundary).items():
            np.testing.assert_array_equal(curve, value, err_msg=name)


def test_stripes_show_their_direction_and_width():
    width = 4
    stripes = np.tile((np.arange(64) // width) % 2 == 0, (64, 1))
    curves = describe(stripes, ["S2H", "S2V", "L"], "periodic")
    along = describe(stripes.T, ["S2H", "S2V"], "periodic")
    np.testing.assert_array_equal(curves["S2V"], 0.5)
    np.testing.assert_array_equal(curves["S2H"], along["S2V"])
    np.testing.assert_allclose(curves["S2H"][0, :5], [0.5, 0.375, 0.25, 0.125, 0])
    # Rows hold segments up to the stripe's width, columns any: the kink is at the width.
    np.testing.assert_allclose(curves["L"][0, :6], [0.5, 0.4375, 0.375, 0.3125, 0.25, 0.25])


def test_bernoulli_field_tends_to_powers_of_the_phase_fraction():
    field = random_images(3, (512, 512), 0.4, n=8)
    curves = describe(field, list(ORDER), n_lags=40)
    for name, n in ORDER.items():
        np.testing.assert_allclose(curves[name][:, 1:].mean(), 0.4**n, rtol=4e-3)


def test_oblique_pairs_tell_a_rock_from_its_mirror_image():
    image = np.eye(20, dtype=np.uint8)
    curves, mirrored = (describe(i, ["S2D+", "S2D-", "S2"]) for i in (image, image[:, ::-1]))
    np.testing.assert_array_equal(curves["S2D+"], mirrored["S2D-"])
    np.testing.assert_array_equal(curves["S2"], mirrored["S2"])
    assert (curves["S2D+"][0, 1:] > curves["S2D-"][0, 1:]).all()


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_polytope_of_ones_own(boundary):
    images = random_images(4, (15, 15), 0.7)

    def bent(r):
        return [(0, 0), (-r, 2 * r), (r // 2, -3)]

    found = describe(images, {"bent": bent, "S2": "S2"}, boundary)
    assert list(found) == ["bent", "S2"]
    fits = origins(bent, (15, 15), boundary)
    for image, curve in zip(images, found["bent"], strict=True):
        for r, value in enumerate(curve):
            counted, fitting = reference.polytope_count(image, bent(r), boundary)
            assert fits[r] == fitting
            assert value == counted / fitting if fitting else np.isnan(value)


def test_a_standard_shape_given_as_ones_own_is_the_standard_function():
    images = random_images(8, (31, 40), 0.6)
    square = describe(images, {"square": lambda r: [(0, 0), (0, r), (r, r), (r, 0)], "P4": "P4"})
    np.testing.assert_array_equal(square["square"], square["P4"])


def test_no_origin_is_nan_and_no_error():
    curves = describe(np.ones((10, 10)), ["P6", "S2"], n_lags=10)
    fits = origins("P6", (10, 10), n_lags=10)
    assert fits[4] == (10 - 7) * (10 - 8) and fits[5] == 0
    np.testing.assert_array_equal(np.isnan(curves["P6"][0]), fits == 0)
    assert np.isfinite(curves["S2"]).all()


def test_origins():
    assert origins("P6", (128, 128))[63] == 36
    np.testing.assert_array_equal(origins("S2H", (5, 8), n_lags=3), [40, 35, 30])
    np.testing.assert_array_equal(origins("S2", (5, 8), n_lags=3), [80, 35 + 32, 30 + 24])
    np.testing.assert_array_equal(origins("L", (5, 8), "periodic", 2), [80, 80])
    np.testing.assert_array_equal(origins("P3H", (4, 4), "amiri2023", 3), [25, 0, 25])


def test_chord_lengths():
    image = np.array([[1, 1, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]])
    in_rows, in_columns = chord_lengths(image)
    np.testing.assert_array_equal(in_rows, [[0, 1, 1, 0, 1]])
    np.testing.assert_array_equal(in_columns, [[0, 1, 3, 0]])
    in_rows, _ = chord_lengths(image, "periodic")
    np.testing.assert_array_equal(in_rows, [[0, 0, 0, 1, 1]])


def test_scaled_is_equation_2():
    curves = np.array([[0.3, 0.2, 0.09], [0.5, 0.5, 0.25]])
    found = scaled(curves, curves[:, 0], 2)
    np.testing.assert_allclose(found[0], [1, (0.2 - 0.09) / 0.21, 0], atol=1e-15)
    np.testing.assert_allclose(found[1], [1, 1, 0])


@pytest.mark.parametrize("phase_fraction", [0.0, 1.0])
def test_scaled_is_nan_without_two_phases(phase_fraction):
    assert np.isnan(scaled(np.full((1, 4), phase_fraction), phase_fraction, 2)).all()


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_any_dtype_and_any_layout_gives_the_same(dtype):
    images = random_images(6, (20, 33), 0.5, n=3)
    expected = describe(images)
    other = np.asfortranarray(images.astype(dtype))
    for name, curve in describe(other).items():
        np.testing.assert_array_equal(curve, expected[name])


def test_an_image_alone_and_in_a_stack_have_the_same_curves():
    images = random_images(7, (90, 70), 0.5, n=3)
    together = describe(images, NAMES)
    for i, image in enumerate(images):
        for name, curve in describe(image, NAMES).items():
            np.testing.assert_array_equal(curve[0], together[name][i])


@pytest.mark.parametrize("band_rows", [1, 7, 40, 64, 1000])
def test_a_mosaic_in_bands_is_the_image_whole(band_rows, monkeypatch):
    monkeypatch.setattr(counting, "BAND_ROWS", band_rows)
    image = random_images(9, (90, 150), 0.7, n=1)[0]
    image[:, 17] = 1
    named = {n: n for n in NAMES if n != "C2"} | {"tall": lambda r: [(2 * r, 0), (0, 3), (r, r)]}
    largest = []

    def read_rows(first, last):
        largest.append(last - first)
        return image[first:last]

    in_bands = describe_mosaic(read_rows, image.shape, named, n_lags=40)
    for name, curve in describe(image, named, n_lags=40).items():
        np.testing.assert_array_equal(in_bands[name], curve)
    assert max(largest) <= min(band_rows + 78, 90)


def test_a_mosaic_that_is_not_what_it_says_is_refused():
    image = np.zeros((30, 20), np.uint8)
    with pytest.raises(ValueError, match="rows 0 to 30 of a"):
        describe_mosaic(lambda first, last: image[first : last - 1], image.shape)
    with pytest.raises(ValueError, match="C2 cannot"):
        describe_mosaic(lambda first, last: image[first:last], image.shape, ["C2"])
    with pytest.raises(ValueError, match="found 3"):
        describe_mosaic(lambda first, last: image[first:last] + 3, image.shape)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros(4), "2 or 3 dimensions, not 1"),
        (np.zeros((1, 2, 3, 4)), "2 or 3 dimensions, not 4"),
        (np.zeros((0, 8, 8)), "empty"),
        (np.full((8, 8), np.nan), "found nan"),
        (np.full((8, 8), 255, np.uint8), "found 255"),
        (np.full((8, 8), 0.5), "found 0.5"),
        (np.full((8, 8), "1"), "bool or 0/1"),
        (np.zeros((1, 8)), "0 lags of a 1 x 8 image"),
    ],
)
def test_bad_images_are_named(images, message):
    with pytest.raises(ValueError, match=message):
        describe(images)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"functions": ["S3"]}, "unknown function 'S3'"),
        ({"functions": {"mine": 3}}, "unknown function 3"),
        ({"functions": {"mine": lambda r: [(0, 0.5)]}}, "not whole pixels"),
        ({"functions": {"mine": lambda r: [(0, 0)] * (r + 1)}}, "as many vertices"),
        ({"functions": {"mine": lambda r: 5}}, "pairs"),
        ({"boundary": "mirror"}, "unknown boundary 'mirror'"),
        ({"boundary": "amiri2023"}, "square images only, not 8 x 9"),
        ({"functions": ["C2"], "boundary": "amiri2023"}, "C2 is not defined"),
        ({"n_lags": 9}, "9 lags"),
        ({"n_lags": 0}, "0 lags"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        describe(np.zeros((8, 9)), **arguments)

"""A segmented mosaic is labels: its values are told with their shares, anything else is refused."""

import cv2
import numpy as np
import pytest
import tifffile

from rockrec.images import ImageError
from rockrec.label_values import LabelValues, label_values, value_table, values_in_words
from rockrec.labels import open_labels
from rockrec.mosaics import Outside, open_mosaic
from rockrec.mosaics.outside import MASKED, NOT_SCANNED
from rockrec.synthetic import make_rock


def counted(path, image, classes=(), outside=(), **options):
    tifffile.imwrite(path, image, **options)
    with open_mosaic(path) as mosaic:
        return label_values(mosaic, classes, outside)


@pytest.fixture(scope="module", params=["pores", "fractures"])
def phases(request):
    """A binary rock of 0 and 255."""
    return make_rock(request.param, 300, 440, seed=11).truth * np.uint8(255)


# --- labels -----------------------------------------------------------------------------------


def test_every_value_is_told_with_its_share():
    values = LabelValues("s.tif", np.array([1, 2, 255]), np.array([50, 621, 329]))
    assert values.told() == "1: 5.0 %, 2: 62.1 %, 255: 32.9 %"
    assert values.told({255: "epoxy"}).endswith("255: 32.9 % (epoxy)")
    many = LabelValues("s.tif", np.arange(12), np.arange(1, 13) * 1000)
    assert many.told().startswith("4: 6.4 %, 5: 7.7 %")
    assert many.told().endswith("and 4 more")
    rare = LabelValues("s.tif", np.array([0, 1]), np.array([10**6, 1]))
    assert rare.told() == "0: 100.0 %, 1: under 0.1 %"


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "i4", "f4", ">i2", "?"])
def test_labels_of_any_number_type_are_counted(tmp_path, dtype):
    labels = np.arange(70 * 90).reshape(70, 90) // 2100
    labels = labels > 1 if dtype == "?" else labels
    values = counted(tmp_path / "s.tif", labels.astype(dtype))
    expected, pixels = np.unique(labels, return_counts=True)
    assert np.array_equal(values.values, expected)
    assert np.array_equal(values.pixels, pixels)


def test_negative_labels_are_labels(tmp_path):
    labels = np.where(np.arange(80) < 30, -1, 4)[None].repeat(60, axis=0)
    assert counted(tmp_path / "s.tif", labels.astype("i2")).told() == "-1: 37.5 %, 4: 62.5 %"


def test_bands_of_a_high_mosaic_are_counted_together(tmp_path):
    labels = (np.arange(2500)[:, None] // 700 * np.ones(50, int)).astype(np.uint8)
    assert counted(tmp_path / "s.tif", labels).pixels.tolist() == [35000] * 3 + [20000]


def test_a_map_of_many_minerals_with_single_pixels_is_labels(tmp_path):
    random = np.random.default_rng(5)
    fields = random.standard_normal((9, 260, 310)).astype(np.float32)
    grains = np.stack([cv2.GaussianBlur(field, (0, 0), 4) for field in fields]).argmax(axis=0)
    lone = random.random(grains.shape) < 0.01
    grains[lone] = random.integers(9, 20, lone.sum())
    assert len(counted(tmp_path / "s.tif", grains.astype(np.uint8)).values) == 20


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "f4"])
def test_a_table_tells_the_values_of_the_rock_and_of_what_is_outside(dtype):
    mosaic, marks = np.full((2100, 30), 3, dtype), np.zeros((2100, 30), np.uint8)
    mosaic[:420], mosaic[-210:] = 1, (9 if dtype == "u1" else 300)
    marks[:210], marks[-210:] = MASKED, NOT_SCANNED
    table = value_table(mosaic, Outside(marks))
    assert table["value"].tolist() == [1, 3, mosaic.max()]
    assert table["rock"].tolist() == [6300, 44100, 0]
    assert table["masked"].tolist() == [6300, 0, 0]
    assert table["not_scanned"].tolist() == [0, 0, 6300]
    said = values_in_words(table, {1: "NA"})
    assert said == f"1: 20.0 % (NA), 3: 70.0 %, {mosaic.max():g}: 10.0 % (outside)"
    assert value_table(mosaic)["rock"].tolist() == [12600, 44100, 6300]


def test_labels_below_0_stand_in_the_table_too():
    mosaic = np.where(np.arange(80) < 30, -1, 4)[None].repeat(60, axis=0).astype("i2")
    assert value_table(mosaic)["value"].tolist() == [-1, 4]


def test_what_is_outside_is_marked_and_belongs_to_no_class(tmp_path):
    labels = np.repeat(np.array([1, 2, 255], np.uint8), [10, 60, 30])[None].repeat(50, axis=0)
    values = counted(tmp_path / "s.tif", labels, [1, 2], [255])
    assert values.told({2: "rock"}) == "1: 10.0 %, 2: 60.0 % (rock), 255: 30.0 % (outside)"
    with pytest.raises(ImageError, match="255 is none of the classes, 1, 2 .*`outside: 255`"):
        counted(tmp_path / "s.tif", labels, [1, 2])
    with pytest.raises(ImageError, match=r"phase: 255 is none of the values.*\(outside\)"):
        values.check_phase(255)
    with pytest.raises(ImageError, match="every pixel is of phase 2"):
        counted(tmp_path / "s.tif", labels[:, 10:], outside=[255]).check_phase(2)


def test_the_phase_must_be_there_and_not_everywhere():
    values = LabelValues("s.tif", np.array([0, 255]), np.array([90, 10]))
    values.check_phase(255)
    with pytest.raises(ImageError) as caught:
        values.check_phase(1, "samples.rock.phase")
    assert str(caught.value) == (
        "samples.rock.phase: 1 is none of the values of s.tif, which are 0: 90.0 %, 255: 10.0 %"
    )
    with pytest.raises(ImageError, match="s.tif: every pixel is of phase 4"):
        LabelValues("s.tif", np.array([4]), np.array([9])).check_phase(4)


# --- no labels --------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.3, 0.5, 0.8, 1.3, 2, 4])
@pytest.mark.parametrize("how", [cv2.INTER_LINEAR, cv2.INTER_CUBIC])
def test_interpolated_labels_are_refused(tmp_path, phases, factor, how):
    resized = cv2.resize(phases, None, fx=factor, fy=factor, interpolation=how)
    with pytest.raises(ImageError, match=r"s.tif: .*(stand only between others|are no labels)"):
        counted(tmp_path / "s.tif", resized)


@pytest.mark.parametrize(
    "smooth", [lambda a: cv2.blur(a, (3, 3)), lambda a: cv2.GaussianBlur(a, (5, 5), 0)]
)
def test_smoothed_labels_are_refused(tmp_path, phases, smooth):
    with pytest.raises(ImageError, match=r"s.tif: .*(stand only between others|are no labels)"):
        counted(tmp_path / "s.tif", smooth(phases))


@pytest.mark.parametrize("factor", [0.5, 2, 3])
def test_labels_resized_by_nearest_neighbour_are_labels(tmp_path, phases, factor):
    resized = cv2.resize(phases, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    assert counted(tmp_path / "s.tif", resized).values.tolist() == [0, 255]


@pytest.mark.parametrize("level", [60, 85, 95])
def test_what_was_once_a_jpeg_is_refused(tmp_path, phases, level):
    options = {"compression": "jpeg", "compressionargs": {"level": level}, "tile": (64, 64)}
    with pytest.raises(ImageError, match=r"j.tif: is stored with lossy compression \(JPEG\)"):
        counted(tmp_path / "j.tif", phases, **options)
    with (
        pytest.raises(ImageError, match="j.tif: is stored with lossy"),
        open_labels(tmp_path / "j.tif"),
    ):
        pass
    with pytest.raises(ImageError, match=r"s.tif: .*(stand only between others|are no labels)"):
        counted(tmp_path / "s.tif", tifffile.imread(tmp_path / "j.tif"))


def test_a_gray_image_is_refused_with_its_commonest_values(tmp_path):
    gray = make_rock("pores", 200, 300, seed=2).gray
    value, count = max(
        zip(*np.unique(gray, return_counts=True), strict=True), key=lambda pair: pair[1]
    )
    with pytest.raises(ImageError, match="different values are no labels") as caught:
        counted(tmp_path / "s.tif", gray)
    assert f"{value}: {count / gray.size:.1%}".replace("%", " %") in str(caught.value)


@pytest.mark.parametrize("value", [0.5, 70_000.0, -0.25])
def test_numbers_that_are_no_labels_are_refused(tmp_path, value):
    image = np.zeros((40, 50), np.float32)
    image[20:, 9] = value
    with pytest.raises(
        ImageError, match=f"s.tif: {value:g} is no label, which is a whole number"
    ) as caught:
        counted(tmp_path / "s.tif", image)
    assert "0: 99.0 %" in str(caught.value)


def test_values_that_are_named_need_not_look_like_labels(tmp_path):
    steps = np.arange(90).repeat(80).reshape(90, 80).astype(np.uint8)
    with pytest.raises(ImageError, match="90 different values are no labels"):
        counted(tmp_path / "s.tif", steps)
    assert len(counted(tmp_path / "s.tif", steps, range(90)).values) == 90
    with pytest.raises(ImageError, match="s.tif: 88, 89 is none of the classes, 0, 1, 2"):
        counted(tmp_path / "s.tif", steps, range(88))

"""Points: drawn as they should be, read as they were judged, and the interval that they give."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from rockrec.segmentation.points.answers import PointsError, judged, read_answers, table_of
from rockrec.segmentation.points.images import SIDE, shown
from rockrec.segmentation.points.interval import Judged, fraction_of
from rockrec.segmentation.points.strata import Found

CELL = 8


@pytest.fixture
def rock():
    """Labels of two classes with a rim of no rock, and a confidence that is low in the middle."""
    random = np.random.default_rng(3)
    labels = np.where(random.random((200, 331)) < 0.3, 1, 2).astype(np.uint8)
    labels[:10] = labels[:, 300:] = 0
    confidence = random.integers(200, 256, (25, 42)).astype(np.uint8)
    confidence[5:15, 10:20] = 140
    return labels, confidence


def found_of(rock, cell_px=(CELL, CELL)):
    return Found(*rock, cell_px, 1)


# --- the interval -------------------------------------------------------------------------------


def test_one_stratum_is_a_binomial_with_jeffreys_interval():
    """Brown et al., Stat. Sci. 16, 2001."""
    value, low, high = fraction_of([Judged(10**6, 100, 7)])
    assert value == 0.07
    assert (low, high) == pytest.approx(beta.ppf([0.025, 0.975], 7.5, 93.5), rel=5e-3)


def test_strata_count_by_their_pixels_whatever_their_points():
    value, low, high = fraction_of([Judged(900, 10, 1), Judged(100, 90, 81)])
    assert value == pytest.approx(0.9 * 0.1 + 0.1 * 0.9)
    assert 0 < low < value < high < 0.5
    sure = fraction_of([Judged(900, 1000, 100), Judged(100, 90, 81)])
    assert sure.high - sure.low < (high - low) / 3


@pytest.mark.parametrize("found", [0, 40])
def test_no_error_met_is_not_none_there(found):
    value, low, high = fraction_of([Judged(1000, 40, found)])
    assert value == found / 40 and 0 <= low <= value <= high <= 1
    assert 0.03 < high - low < 0.1


def test_a_stratum_without_points_has_no_fraction():
    with pytest.raises(ValueError, match="without points"):
        fraction_of([Judged(10, 5, 1), Judged(10, 0, 0)])


def test_the_interval_holds_the_truth_where_errors_are_rare(rock):
    """Of 200 draws, with errors of 2 % where the model is sure and 30 % where it doubts."""
    random = np.random.default_rng(0)
    found, (labels, _) = found_of(rock), rock
    strata = found.strata()
    doubts = next(levels for *_, levels in found.bands()) == 140
    wrong = random.random(labels.shape) < np.where(doubts, 0.3, 0.02)
    truth = (labels == 1) ^ wrong
    fraction = truth[labels > 0].mean()
    counted, widths = 0, []
    for _ in range(200):
        places = found.drawn(strata, strata.points(150), random)
        table = table_of(places, strata.pixels, random)
        table["label"] = np.where(truth[table["row"], table["column"]], 1, 2)
        _, low, high = fraction_of(judged(table, 1))
        counted += low <= fraction <= high
        widths.append(high - low)
    assert counted >= 186  # 93 %
    assert np.mean(widths) < 0.7 * 2 * 1.96 * np.sqrt(fraction * (1 - fraction) / 150)


# --- the points ---------------------------------------------------------------------------------


def test_strata_divide_the_rock_by_what_was_found_and_how_surely(rock):
    labels, confidence = rock
    found = found_of(rock)
    strata = found.strata()
    assert strata.pixels.sum() == np.count_nonzero(labels)
    assert strata.is_phase.tolist() == [False, False, True, True]
    assert strata.pixels[strata.is_phase].sum() == np.count_nonzero(labels == 1)
    for sure, doubtful in ((0, 1), (2, 3)):
        assert strata.doubt[sure] < strata.doubt[doubtful]
    levels = np.kron(confidence, np.ones((CELL, CELL)))[:200, :331]
    all_doubt = (1 - levels / 255)[labels > 0].sum()
    assert strata.pixels @ strata.doubt == pytest.approx(all_doubt)
    points = strata.points(300)
    assert points.sum() == 300 and points.min() >= 5
    assert (np.diff(points / strata.pixels)[[0, 2]] > 0).all()  # more where it doubts


def test_points_are_different_pixels_of_their_strata_drawn_evenly(rock):
    found, (labels, _) = found_of(rock), rock
    strata = found.strata()
    levels = next(levels for *_, levels in found.bands())
    numbers = strata.number_of[(labels == 1).astype(int), levels]
    times = np.zeros(labels.shape, int)
    for seed in range(40):
        places = found.drawn(strata, strata.points(300), np.random.default_rng(seed))
        assert len(set(places)) == 300
        rows, columns, of = np.array(places).T
        assert (labels[rows, columns] > 0).all() and (numbers[rows, columns] == of).all()
        assert np.array_equal(np.bincount(of), strata.points(300))
        firsts = np.bincount(of[:150], minlength=4)
        assert (np.abs(firsts - strata.points(300) / 2) <= 1.5).all()
        np.add.at(times, (rows, columns), 1)
    for stratum in range(4):
        expected = 40 * strata.points(300)[stratum] / strata.pixels[stratum]
        left = times[:, :150][(numbers == stratum)[:, :150] & (labels[:, :150] > 0)]
        assert left.mean() == pytest.approx(expected, rel=0.15)


def test_the_same_seed_gives_the_same_points_and_a_larger_mosaic_is_read_in_bands():
    labels = np.ones((3000, 40), np.uint8)
    labels[::2] = 2
    confidence = np.full((375, 5), 200, np.uint8)
    one, other = (
        Found(labels, confidence, (CELL, CELL), 1).drawn(
            (strata := Found(labels, confidence, (CELL, CELL), 1).strata()),
            strata.points(100),
            np.random.default_rng(5),
        )
        for _ in range(2)
    )
    assert one == other
    assert max(row for row, *_ in one) > 2500 and {row % 2 for row, *_ in one} == {0, 1}


def test_cells_of_another_size_and_a_rock_of_one_class():
    labels = np.full((100, 150), 2, np.uint8)
    found = Found(labels, np.full((7, 10), 255, np.uint8), (15.9, 15.9), 1)
    strata = found.strata()
    assert strata.pixels.tolist() == [15000] and not strata.is_phase.any()
    places = found.drawn(strata, strata.points(20), np.random.default_rng(0))
    assert len(places) == 20
    with pytest.raises(ValueError, match="no pixel of rock"):
        Found(np.zeros_like(labels), np.zeros((7, 10), np.uint8), (15.9, 15.9), 1).strata()


def test_more_points_are_expected_to_tell_more(rock):
    strata = found_of(rock).strata()
    widths = [strata.half_width(number) for number in (100, 400, 1600)]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.25)
    assert widths[1] / widths[2] == pytest.approx(2, rel=0.15)


def test_an_image_has_its_pixel_in_the_middle_and_black_beyond_the_mosaic():
    mosaic = np.random.default_rng(0).integers(1000, 3000, (80, 300)).astype(np.uint16)
    images = shown(mosaic, [(40, 150), (0, 299)])
    assert images.shape == (2, SIDE, SIDE) and images.dtype == np.uint16
    half = SIDE // 2
    assert images[0, half, half] == mosaic[40, 150]
    assert np.array_equal(
        images[0, half - 2 : half + 3, half - 2 : half + 3], mosaic[38:43, 148:153]
    )
    assert images[1, half, half] == mosaic[0, 299]
    assert not images[1, : half - 10].any() and not images[1, :, half + 10 :].any()
    inside = images[0, half - 40 : half + 40] != mosaic[:, 150 - half : 150 + half + 1]
    assert 0 < inside.sum() <= 4 * 7  # the marks alone


# --- the answers --------------------------------------------------------------------------------


def written(folder, rock, change=lambda table: table, **how):
    found, random = found_of(rock), np.random.default_rng(1)
    strata = found.strata()
    table = table_of(found.drawn(strata, strata.points(60), random), strata.pixels, random)
    table["label"] = rock[0][table["row"], table["column"]]
    path = folder / "points.csv"
    change(table).to_csv(path, index=False, **how)
    return path, int(strata.pixels.sum()), rock[0].shape


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_answers_are_read_as_spreadsheets_write_them(rock, tmp_path, separator):
    path, *mosaic = written(tmp_path, rock, sep=separator, encoding="utf-8-sig")
    answers = read_answers(path, *mosaic, {1, 2})
    assert len(answers) == 60
    strata = judged(answers, 1)
    assert sum(one.pixels for one in strata) == mosaic[0]
    found = fraction_of(strata).value
    assert found == pytest.approx(np.count_nonzero(rock[0] == 1) / mosaic[0])


def test_what_is_not_judged_is_left_out_and_said(rock, tmp_path, caplog):
    def first_half(table):
        table["label"] = table["label"].astype(object)
        table.loc[30:, "label"] = " "
        return table

    answers = read_answers(*written(tmp_path, rock, first_half))
    assert len(answers) == 30 and "30 of 60 points have no label" in caplog.text


def only(column, value):
    def change(table):
        table = table.astype({column: object})
        table.loc[7, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop(columns="label"), "lacks the columns label"),
        (only("label", "pore"), "line 9 has the label 'pore'; the classes are 1, 2"),
        (only("label", 3), "line 9 has the label '3'; the classes are 1, 2"),
        (only("row", ""), "line 9 has the row"),
        (only("column", 1.5), "line 9 has the column '1.5'; a number is needed"),
        (only("row", 5000), "drawn from another mosaic"),
        (lambda table: table.assign(stratum_pixels=7), "the mosaic has"),
        (lambda table: pd.concat([table, table[:1]]), "stands there twice"),
        (lambda table: table.assign(label=""), "60 points 0 have a label"),
    ],
)
def test_a_table_that_says_nothing_of_the_mosaic_is_refused(rock, tmp_path, change, said):
    path, *mosaic = written(tmp_path, rock, change)
    with pytest.raises(PointsError, match="points.csv") as refused:
        read_answers(path, *mosaic, {1, 2})
    assert said in str(refused.value)


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\x00\xff\xfe", b"one word"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    path = tmp_path / "points.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PointsError, match="points.csv"):
        read_answers(path, 100, (10, 10))

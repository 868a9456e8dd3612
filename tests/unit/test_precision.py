"""How sure one mosaic makes: media whose variance is known, and what must hold for any."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from media import discs
from scipy import stats

from rockrec.mosaics import Outside
from rockrec.precision.assess import assess
from rockrec.precision.counting import count_cells, describe_windows
from rockrec.precision.fraction import Fraction, difference, fraction_of
from rockrec.precision.interval import freedom_of_sum, quantile, score_interval
from rockrec.precision.spectrum import Cells
from rockrec.precision.stationarity import thirds, trends
from rockrec.precision.words import (
    fraction_in_words,
    stationarity_in_words,
    windows_in_words,
)

WANTED = (0.1, 0.01)


def pixels(phi, shape, seed):
    return (np.random.default_rng(seed).random(shape) < phi).astype(np.uint8)


def fraction(image, outside=None, **settings):
    cells = count_cells(image, 1, outside)
    return fraction_of(cells.rock, cells.phase, cells.side, **settings)


# --- variances that are known ---------------------------------------------------------------


@pytest.mark.parametrize("shape", [(256, 256), (200, 700), (701, 130)])
@pytest.mark.parametrize("phi", [0.02, 0.3])
def test_independent_pixels_have_the_variance_of_the_binomial(shape, phi):
    found = [fraction(pixels(phi, shape, seed)) for seed in range(40)]
    ratio = np.mean([one.standard_error**2 for one in found]) * np.prod(shape) / (phi - phi**2)
    assert ratio == pytest.approx(1, abs=0.15)
    assert np.mean([one.feature_px**2 for one in found]) == pytest.approx(1, abs=0.15)


def test_wilsons_interval_of_counted_pixels_is_the_textbooks():
    n, k = 400, 22
    low, high = score_interval(k / n, k / n * (1 - k / n) / n, 1e9)
    wilson = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((wilson.low, wilson.high), rel=1e-4)


def test_discs_at_random_places_have_the_integral_range_that_the_boolean_model_states():
    """∫(S2 - φ²) = (1 - φ)² ∫(exp(λ γ(h)) - 1) dh, γ the area that two discs h apart share."""
    radius, phi = 4.0, 0.25
    density = -np.log1p(-phi) / (np.pi * radius**2)
    h = np.linspace(0, 2 * radius, 4001)
    shared = 2 * radius**2 * np.arccos(h / (2 * radius)) - h / 2 * np.sqrt(4 * radius**2 - h**2)
    integral = np.trapezoid(np.expm1(density * shared) * 2 * np.pi * h, h) * (1 - phi) ** 2
    stated = np.sqrt(integral / (phi - phi**2))
    found = [fraction(discs((420, 420), radius, density, seed)) for seed in range(30)]
    assert np.sqrt(np.mean([one.feature_px**2 for one in found])) == pytest.approx(stated, rel=0.06)


def test_periodic_stripes_are_known_far_better_than_as_many_random_pixels():
    """They have no power at low frequencies: a mosaic of whole periods holds φ exactly."""
    image = np.tile(np.arange(480) % 16 < 4, (480, 1)).astype(np.uint8)
    found = fraction(image)
    assert found.low <= 0.25 <= found.high
    assert found.high - found.low < 0.002


def test_the_interval_halves_where_the_side_doubles():
    density = -np.log1p(-0.2) / (np.pi * 9)
    sides = (200, 400)
    widths = [
        np.median([one.high - one.low for one in map(fraction, images)])
        for side in sides
        for images in [[discs((side, side), 3.0, density, seed) for seed in range(20)]]
    ]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.15)


def test_intervals_hold_the_truth_as_often_as_they_say():
    density = -np.log1p(-0.2) / (np.pi * 9)
    found = [fraction(discs((160, 160), 3.0, density, seed)) for seed in range(300)]
    share = np.mean([one.low <= 0.2 <= one.high for one in found])
    assert 0.91 <= share <= 0.985  # 95 % ± 3.2 standard errors


# --- what must hold for any -----------------------------------------------------------------


def test_turned_swapped_or_relabelled_a_mosaic_tells_the_same():
    image = discs((230, 310), 3.0, 0.01, 1)
    plain, other = fraction(image), fraction(1 - image)
    assert other.value == pytest.approx(1 - plain.value)
    assert other.standard_error == pytest.approx(plain.standard_error)
    assert (other.low, other.high) == pytest.approx((1 - plain.high, 1 - plain.low))
    for turned in (image[::-1], image[:, ::-1]):
        assert fraction(turned).standard_error == pytest.approx(plain.standard_error, rel=0.05)


def test_what_is_outside_counts_nowhere():
    image = discs((320, 320), 3.0, 0.01, 2)
    y, x = np.mgrid[:320, :320]
    hidden = (np.hypot(y - 160, x - 160) > 150).astype(np.uint8)
    for filler in (0, 1):
        masked = np.where(hidden, filler, image)
        found = fraction(masked, Outside(hidden))
        assert found.value == image[hidden == 0].mean()
        assert found.pixels == (hidden == 0).sum()
        values = [found.standard_error, found.low, found.high]
    whole = fraction(image)
    expected = whole.standard_error * np.sqrt(image.size / found.pixels)
    assert values[0] == pytest.approx(expected, rel=0.35)
    # A mosaic within a rim is the mosaic without it.
    rim = np.ones((400, 400), np.uint8)
    rim[40:360, 40:360] = 0
    padded = np.ones((400, 400), np.uint8)
    padded[40:360, 40:360] = image
    assert fraction(padded, Outside(rim)).standard_error == pytest.approx(
        whole.standard_error, rel=0.3
    )


def test_a_masked_disc_is_as_sure_as_its_area():
    y, x = np.mgrid[:300, :300]
    hidden = (np.hypot(y - 150, x - 150) > 140).astype(np.uint8)
    found = [fraction(pixels(0.2, (300, 300), seed), Outside(hidden)) for seed in range(40)]
    stated = 0.16 / (hidden == 0).sum()
    assert np.mean([one.standard_error**2 for one in found]) == pytest.approx(stated, rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (40, 40), (600, 7)])
def test_tiny_mosaics_and_missing_phases_are_not_known(shape):
    for image in (np.zeros(shape, np.uint8), np.ones(shape, np.uint8)):
        told = assess(image, 1, 50.0, WANTED)
        assert not told.fraction.known
        assert told.sizes.empty
        assert told.curves[["low", "high"]].isna().all().all()
        assert told.stationarity["p"].isna().all()
        json.dumps(told.told(), allow_nan=False)
        assert "not known" in fraction_in_words(told.told(), told.sizes)
        assert "not known" in stationarity_in_words(told.stationarity)[0]


def test_nothing_but_outside_is_named():
    with pytest.raises(ValueError, match="nothing of the mosaic is rock"):
        assess(np.ones((64, 64), np.uint8), 1, 50.0, WANTED, outside=Outside(np.ones((64, 64))))


def test_fewer_than_ten_features_a_side_are_not_known():
    image = discs((120, 120), 16.0, 2e-4 * 3, 5)
    found = fraction(image)
    assert found.features < 10 and not found.known
    assert fraction(image, fewest=0).known
    told = assess(image, 1, 50.0, WANTED)
    assert "features a side, 10 are needed" in fraction_in_words(told.told(), told.sizes)


def test_the_same_mosaic_tells_the_same_and_a_band_does_not_show(monkeypatch):
    image = discs((300, 450), 3.0, 0.01, 7)
    monkeypatch.setattr("rockrec.precision.counting.row_bands", lambda h, r: [slice(0, h)])
    whole = count_cells(image, 1)
    monkeypatch.undo()
    banded = count_cells(image, 1)
    assert np.array_equal(whole.phase, banded.phase) and np.array_equal(whole.rock, banded.rock)
    assert banded.phase.sum() == image.sum()
    assert assess(image, 1, 50.0, WANTED).told() == assess(image, 1, 50.0, WANTED).told()


# --- errors that add up ---------------------------------------------------------------------


def test_the_segmentations_own_error_widens_the_interval_as_variances_add():
    image = discs((300, 300), 3.0, 0.01, 3)
    plain = fraction(image)
    both = plain.with_error(2 * plain.standard_error)
    assert both.standard_error == pytest.approx(np.sqrt(5) * plain.standard_error)
    assert both.low < plain.low < plain.high < both.high
    told = assess(image, 1, 50.0, WANTED, segmentation_error=0.02)
    assert told.told()["with_segmentation"]["standard_error"] > 0.02
    assert "with the segmentation's own error" in fraction_in_words(told.told(), told.sizes)


def test_a_sum_of_variances_has_no_more_freedom_than_its_parts_together():
    assert freedom_of_sum(np.array([1.0, 1.0]), np.array([10, 10])) == pytest.approx(20)
    assert freedom_of_sum(np.array([1.0, 0.0]), np.array([10, 99])) == pytest.approx(10)
    assert quantile(1e9) == pytest.approx(1.959964, rel=1e-5)


def known(value, error, freedom=1e6):
    return Fraction(value, error, freedom, value - error, value + error, 50.0, 3.0, 10_000)


def test_two_parts_are_held_against_each_other_with_both_errors():
    apart = difference(known(0.3, 0.03), known(0.2, 0.04))
    assert (apart.low, apart.high) == pytest.approx(
        (0.1 - 1.96 * 0.05, 0.1 + 1.96 * 0.05), abs=1e-4
    )
    assert apart.p == pytest.approx(2 * stats.norm.sf(2), rel=1e-3)
    assert np.isnan(difference(known(0.3, np.nan), known(0.2, 0.01)).p)


# --- curves ---------------------------------------------------------------------------------


def test_curves_of_independent_pixels_hold_the_powers_of_phi():
    table = assess(pixels(0.4, (256, 256), 4), 1, 500.0, WANTED).curves
    assert set(table["descriptor"]) == {"S2", "P3H", "P3V", "P4", "P6", "L"}
    assert table["lag_um"].to_numpy() == pytest.approx(table["lag_px"] * 0.5)
    lines = table[table["lag_px"] == 3].set_index("descriptor")
    for name, order in {"S2": 2, "P3H": 3, "P4": 4, "L": 4}.items():
        assert lines.loc[name, "low"] < 0.4**order < lines.loc[name, "high"]
    inside = table.dropna()
    assert ((inside["low"] <= inside["mean"]) & (inside["mean"] <= inside["high"])).all()


def test_a_curve_too_rare_to_tell_has_no_interval():
    table = assess(discs((300, 300), 3.0, 0.004, 4), 1, 50.0, WANTED).curves
    lineal = table[table["descriptor"] == "L"].set_index("lag_px")
    assert np.isfinite(lineal.loc[1, "low"]) and np.isnan(lineal.loc[16, "low"])


def test_windows_cover_a_small_mosaic_and_hold_rock_alone():
    image, hidden = pixels(0.3, (200, 300), 1), np.zeros((200, 300), np.uint8)
    hidden[:50, :60] = 1
    whole = describe_windows(image, 1)
    assert whole.side >= whole.stride and whole.rock.all()
    masked = describe_windows(image, 1, Outside(hidden))
    assert not masked.rock[0, 0] and masked.rock[-1, -1]
    assert np.isnan(masked.curves["S2"][0, 0]).all()
    assert np.array_equal(masked.curves["S2"][masked.rock], whole.curves["S2"][masked.rock])


# --- sizes ----------------------------------------------------------------------------------


def test_the_wanted_size_is_that_of_the_binomial_for_independent_pixels():
    told = assess(pixels(0.2, (512, 512), 9), 1, 1000.0, WANTED)
    line = told.sizes[told.sizes["quantity"] == "phase_fraction"].iloc[0]
    stated = 1.96 * np.sqrt(0.2 * 0.8) / (0.1 * 0.2)
    assert line["size_px"] == pytest.approx(stated, rel=0.25)
    assert line["size_low_px"] < stated < line["size_high_px"]
    assert line["size_um"] == pytest.approx(line["size_px"])
    tenfold = told.sizes[told.sizes["quantity"] == "phase_fraction"]["size_px"]
    assert tenfold.iloc[1] == pytest.approx(10 * tenfold.iloc[0])
    assert line["in_mosaic"] and not told.sizes["in_mosaic"].all()


def test_words_say_the_interval_the_mosaic_needed_and_that_none_will_do():
    told = assess(discs((300, 300), 3.0, 0.01, 3), 1, 50.0, WANTED)
    said = fraction_in_words(told.told(), told.sizes)
    assert said.startswith("φ = 2") and " % (95 %: " in said
    assert "a mosaic of" in said and "would be needed" in said
    assert "is representative to ± 1%" in windows_in_words(
        told.sizes[told.sizes["share"] == 0.01], 300
    )
    assert "not known" in windows_in_words(told.sizes[:0], 300)


# --- stationarity ---------------------------------------------------------------------------


def assessed(image):
    cells, windows = count_cells(image, 1), describe_windows(image, 1)
    return trends(cells, windows, 2), thirds(cells)


def test_a_trend_is_found_where_it_is_and_told_in_its_size():
    across = 0.2 * (1 + 0.5 * (np.arange(512) / 511 - 0.5))
    table, parts = assessed((np.random.default_rng(0).random((400, 512)) < across).astype(np.uint8))
    lines = table.set_index(["quantity", "where"])
    assert lines.loc[("phase_fraction", "to the right"), "change"] == pytest.approx(0.5, abs=0.05)
    assert lines.loc[("phase_fraction", "to the right"), "p"] < 1e-6
    assert lines.loc[("phase_fraction", "down"), "p"] > 0.01
    assert (parts["p_adjusted"][[0, 2]] < 0.01).all()
    told = pd.concat([table.assign(test="trend"), parts.assign(test="third")], ignore_index=True)
    said = stationarity_in_words(told)
    assert said[0].startswith("The mosaic is not one rock")
    assert re.search("φ rises by (4[5-9]|5[0-5]) % from left to right", said[1])
    assert any(line.startswith("The left third differs from the rest: φ = 1") for line in said)


def test_structure_that_grows_at_equal_phi_is_found_by_s2():
    """Single pixels above, blocks of 3 x 3 below, 20 % of both."""
    coarse = np.kron(pixels(0.2, (100, 100), 1), np.ones((3, 3), np.uint8))
    mixed = np.where(np.arange(300)[:, None] < 150, pixels(0.2, (300, 300), 2), coarse)
    table, _ = assessed(mixed.astype(np.uint8))
    lines = table.set_index(["quantity", "where"])
    assert lines.loc[("S2", "down"), "p_adjusted"] < 0.01
    assert lines.loc[("phase_fraction", "down"), "p"] > 0.01


def test_a_rock_without_a_trend_is_seldom_called_two():
    density = -np.log1p(-0.2) / (np.pi * 9)
    found = [assessed(discs((200, 200), 3.0, density, seed)) for seed in range(150)]
    alarms = np.array([(a["p_adjusted"].min(), b["p_adjusted"].min()) for a, b in found]) < 0.05
    assert (alarms.mean(axis=0) <= 0.12).all()  # 5 % + 4 standard errors


def test_frequencies_too_few_are_refused():
    with pytest.raises(ValueError, match="are needed"):
        Cells(np.ones((2, 3)))
    with pytest.raises(ValueError, match="no cell counts"):
        Cells(np.zeros((9, 9)))

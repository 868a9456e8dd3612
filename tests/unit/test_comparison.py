"""Curves of sets, errors, floors, ratios and verdicts: by hand, and on known populations."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.comparison import (
    band,
    compare_sets,
    contributions,
    curve_table,
    floor,
    mean_curve,
    mse,
    per_image,
    pooled,
)
from rockrec.comparison.measures import Measure
from rockrec.comparison.verdict import (
    Power,
    holm,
    in_words,
    permutation_p,
    permuted_errors,
    shuffled_labels,
    telling_tiles,
    unseen_floors,
)
from rockrec.descriptors import ORDER, describe
from rockrec.plain.records.verdicts import DIFFERENT, POWERLESS, SAME, TOO_FEW, UNDEFINED

FUNCTIONS = ("S2", "P3H", "P4", "L")


def rock(n, seed, grain=2.0, size=32):
    """Tiles of a random field cut at a fixed level: phase fraction and curves vary."""
    noise = np.random.default_rng(seed).standard_normal((n, size, size))
    field = gaussian_filter(noise, (0, grain, grain), mode="wrap")
    return field > 0.5 / (2 * grain * np.sqrt(np.pi))


def described(tiles, functions=FUNCTIONS, n_lags=None):
    return {
        **describe(tiles, functions, n_lags=n_lags),
        "phase_fraction": tiles.mean(axis=(1, 2)),
        "euler_number": (tiles[:, 1:] != tiles[:, :-1]).sum(axis=(1, 2)).astype(float),
        "boundary": np.array("unbiased"),
        "pixel_size_nm": np.array(500.0),
    }


def compared(reconstructed, real, **changes):
    settings = {
        "against": "heldout",
        "method": "sa",
        "replicate": "0",
        "targeted": (),
        "seed": 1,
        "floor_source": real,
        "permutations": 200,
    }
    return compare_sets(reconstructed, real, **(settings | changes))


def line(table, descriptor, quantity="P", form="mean"):
    (found,) = table[
        (table["descriptor"] == descriptor)
        & (table["quantity"] == quantity)
        & (table["form"] == form)
    ].itertuples()
    return found


def test_mean_and_band_by_hand():
    tiles = np.array([[1.0, 2, np.nan], [3, 2, 5], [5, 2, 7]])
    np.testing.assert_allclose(mean_curve(tiles), [3, 2, 6])
    low, high = band(mean_curve(tiles), tiles)
    half = 1.96 * np.array([2 / np.sqrt(3), 0, np.sqrt(2) / np.sqrt(2)])
    np.testing.assert_allclose(high - [3, 2, 6], half)
    np.testing.assert_allclose([3, 2, 6] - low, half)


def test_pooled_and_per_image_differ_by_the_variance_of_the_phase_fraction():
    phi = np.array([0.1, 0.3, 0.35, 0.65])
    uncorrelated = np.stack([phi, phi**2, phi**2], axis=1)
    np.testing.assert_allclose(per_image(uncorrelated, 2)[:, 1:], 0, atol=1e-15)
    expected = phi.var() / (phi.mean() * (1 - phi.mean()))
    np.testing.assert_allclose(pooled(uncorrelated, 2), [1, expected, expected])


@pytest.mark.parametrize("function", ["S2", "P3H", "P4", "P6"])
def test_contributions_are_the_derivatives_of_the_pooled_curve(function):
    tiles = describe(rock(12, 1), [function])[function]
    order, step = ORDER[function], 1e-6
    found = contributions(tiles, order)
    for i in range(len(tiles)):
        more, less = np.full((2, len(tiles)), 1 / len(tiles))
        more[i] += step
        less[i] -= step
        more, less = (pooled(tiles, order, w[None] / w.sum())[0] for w in (more, less))
        np.testing.assert_allclose(found[i], (more - less) / (2 * step), atol=1e-7)


def test_mse_leaves_out_what_is_not_defined():
    assert mse(np.array([1.0, np.nan, 3]), np.array([2.0, 5, 5])) == pytest.approx(2.5)
    assert np.isnan(mse(np.full(3, np.nan), np.zeros(3)))
    np.testing.assert_allclose(mse(np.ones((2, 3)), np.zeros(3)), [1, 1])


@pytest.mark.parametrize("form", ["P", "pooled", "per_image"])
def test_floor_is_the_mean_error_between_real_sets(form):
    tiles = describe(rock(4000, 2), ["S2"])["S2"]
    if form == "per_image":
        tiles = per_image(tiles, 2)
    curve = (lambda t: pooled(t, 2)) if form == "pooled" else mean_curve
    errors = [
        mse(curve(tiles[i : i + 30]), curve(tiles[i + 30 : i + 50])) for i in range(0, 4000, 50)
    ]
    expected = floor(contributions(tiles, 2) if form == "pooled" else tiles, 30, 20)
    standard_error = np.std(errors) / np.sqrt(len(errors))
    assert abs(np.mean(errors) - expected) < 3 * standard_error
    assert standard_error < 0.2 * expected


def test_one_population_has_ratio_one_and_few_false_verdicts():
    n_trials, n_tiles = 150, 40
    tiles = described(rock(2 * n_trials * n_tiles, 3, size=24), ("S2", "P4", "L"))
    tables = []
    for trial in range(n_trials):
        parts = [
            {k: v[start : start + n_tiles] if v.ndim else v for k, v in tiles.items()}
            for start in (2 * trial * n_tiles, (2 * trial + 1) * n_tiles)
        ]
        tables.append(compared(*parts, seed=trial, floor_source=tiles))
    ratios = np.array([t["ratio"] for t in tables])
    # A tile of one phase is too rare here for a mean ratio of their share.
    ratios = ratios[:, (tables[0]["descriptor"] != "one_phase").to_numpy()]
    standard_errors = ratios.std(axis=0) / np.sqrt(n_trials)
    assert (np.abs(ratios.mean(axis=0) - 1) < 3 * standard_errors).all()
    assert standard_errors.max() < 0.2
    families = [t[t["quantity"] == "P"]["verdict"] for t in tables]
    false = sum((family == DIFFERENT).any() for family in families)
    # At most 5 % in the long run: 150 trials stay under this with probability 0.99.
    assert false <= 14


def test_two_populations_are_told_apart():
    table = compared(described(rock(128, 4, grain=3)), described(rock(128, 5)))
    for descriptor in FUNCTIONS:
        assert line(table, descriptor).verdict == DIFFERENT
        assert line(table, descriptor).ratio > 5
    assert line(table, "S2", "F", "pooled").verdict == DIFFERENT


def test_equal_means_of_unequal_variety_are_told_apart_by_the_spread():
    real = rock(128, 6)
    alike = np.concatenate([rock(4, 7)] * 32)
    table = compared(described(alike), described(real))
    assert line(table, "S2", "scalar", "spread").verdict == DIFFERENT


def test_forced_phase_fraction_leaves_the_family():
    a, b = described(rock(40, 8)), described(rock(40, 9))
    table = compared(a, b, targeted=("S2", "phase_fraction"))
    assert set(table[table["targeted"]]["descriptor"]) == {"S2", "phase_fraction"}
    free = compared(a, b)
    # Not adjusted where targeted, and the family of the others is smaller.
    assert line(table, "S2").p <= line(free, "S2").p
    assert line(table, "L").p <= line(free, "L").p


def test_subsets_are_as_large_as_asked_or_as_exist():
    a, b = described(rock(60, 10)), described(rock(35, 11))
    found = line(compared(a, b, n_per_set=50), "S2")
    assert (found.n_a, found.n_b) == (50, 35)
    assert found.floor == pytest.approx(floor(b["S2"], 50, 35))
    assert found.ratio == pytest.approx(found.error / found.floor)
    assert found.ratio_low < found.ratio < found.ratio_high


def test_same_seed_same_table_other_seed_other_subsets():
    a, b = described(rock(60, 10)), described(rock(60, 11))
    first, again, other = (compared(a, b, n_per_set=30, seed=s) for s in (1, 1, 2))
    assert first.equals(again)
    assert line(first, "S2").error != line(other, "S2").error


def test_no_verdict_from_too_few_tiles():
    a, b = described(rock(40, 12)), described(rock(29, 13))
    assert set(compared(a, b)["verdict"]) == {TOO_FEW}
    many = described(rock(40, 14))
    assert set(compared(a, many, floor_source=b)["verdict"]) == {TOO_FEW}


# --- power ------------------------------------------------------------------------------------


def sparse(n, full, seed, side=9):
    """`n` tiles, of which `full` hold a pore of `side` px and all others nothing."""
    tiles = np.zeros((n, 32, 32), bool)
    for i, (y, x) in enumerate(np.random.default_rng(seed).integers(0, 32 - side, (full, 2))):
        tiles[i, y : y + side, x : x + side] = True
    return tiles


def verdicts(table):
    return set(table[table["form"] == "mean"].query("quantity == 'P'")["verdict"])


def test_tiles_tell_as_much_as_equally_full_ones():
    assert telling_tiles(np.full(40, 0.1)) == pytest.approx(40)
    assert telling_tiles(np.array([0.2] * 5 + [0.0] * 35)) == pytest.approx(5)
    assert telling_tiles(np.array([0.8] * 5 + [1.0] * 35)) == pytest.approx(5)
    assert telling_tiles(np.array([0.9, 0.001, 0.001, 0])) < 1.01
    assert telling_tiles(np.zeros(9)) == 0


@pytest.mark.parametrize("inverted", [False, True])
def test_near_empty_tiles_are_not_said_to_be_as_real(inverted):
    """A reconstruction without any pore is no copy of a rock of which three tiles have one."""
    sets = [sparse(60, 0, 1) ^ inverted, sparse(60, 3, 2) ^ inverted]
    table = compared(*map(described, sets))
    assert verdicts(table) == {POWERLESS}
    alike = compared(described(sparse(60, 4, 3)), described(sparse(60, 5, 4)))
    assert verdicts(alike) == {POWERLESS}
    assert set(alike[alike["quantity"] == "P"]["tiles_needed"]) == {120}  # 60 * 8 / 4
    assert line(alike, "one_phase", "scalar").verdict == SAME


def test_an_error_of_many_floors_is_never_said_to_be_as_real():
    """One tile of a hundred is far off: as often in the one half as in the other."""
    mixed = np.concatenate([sparse(100, 100, side, side) for side in (5, 6)])
    real, off = mixed[::2], mixed[1::2].copy()
    off[7] = True
    table = compared(described(off), described(real))
    found = line(table, "L")
    assert found.p > 0.05 and found.ratio > 20
    assert found.verdict == POWERLESS


def test_enough_full_tiles_are_judged_as_before():
    a, b = described(sparse(100, 30, 5)), described(sparse(100, 33, 6))
    assert verdicts(compared(a, b)) == {SAME}
    assert verdicts(compared(described(sparse(100, 0, 5)), b)) == {DIFFERENT}
    assert verdicts(compared(described(rock(60, 30)), described(rock(60, 31)))) == {SAME}


def test_what_a_verdict_rests_on_is_put_in_words():
    strong = Power(40, 40, 4.0)
    assert in_words(0.3, strong) == SAME
    assert in_words(0.3, Power(40, 7.9, 4.0)) == in_words(0.3, Power(40, 40, 21)) == POWERLESS
    assert in_words(0.01, Power(40, 2, 400)) == DIFFERENT
    assert in_words(0.3, Power(29, 2, 400)) == TOO_FEW
    assert in_words(np.nan, strong) == UNDEFINED
    assert Power(29, 2, 1).needed(TOO_FEW) == 30
    assert Power(40, 3, 1).needed(POWERLESS) == 107
    for power, verdict in ((strong, SAME), (Power(40, 0, 1), POWERLESS)):
        assert np.isnan(power.needed(verdict))


def test_the_error_that_chance_exceeds_is_unseen():
    errors = np.concatenate([[2.0], np.arange(100)])
    assert unseen_floors(errors, 10.0) == pytest.approx(9.405)
    assert unseen_floors(errors + np.eye(101)[0] * 200, 10.0) == pytest.approx(20.2)
    assert unseen_floors(np.zeros(5), 0.0) == 0
    assert unseen_floors(np.ones(5), 0.0) == np.inf


def test_a_floor_of_mere_rounding_is_none():
    """Tiles that are the same but for the last digit: their ratio would be 1e25 or so."""
    real = described(np.repeat(rock(1, 40), 40, axis=0))
    for name in FUNCTIONS:
        real[name] = real[name] * (1 + 1e-16 * np.arange(40)[:, None])
    found = line(compared(described(rock(40, 41)), real), "S2")
    assert found.floor == 0
    assert np.isnan(found.ratio)


@pytest.mark.parametrize("value", [False, True])
def test_a_set_of_one_phase_is_compared_without_a_crash(value):
    flat = described(np.full((40, 32, 32), value))
    table = compared(flat, described(rock(40, 15)))
    scaled_lines = table[table["quantity"] == "F"]
    assert set(scaled_lines["verdict"]) == {UNDEFINED}
    assert scaled_lines["error"].isna().all()
    assert line(table, "S2").verdict == DIFFERENT
    assert line(table, "one_phase", "scalar").verdict == DIFFERENT
    assert set(table["one_phase_a"]) == {1.0} and set(table["one_phase_b"]) == {0.0}
    assert curve_table(flat).query("quantity == 'F'")["mean"].isna().all()


def test_tiles_of_one_phase_stay_out_of_the_per_image_curve():
    tiles = rock(40, 16)
    tiles[:4] = False
    curves = curve_table(described(tiles)).query("descriptor == 'S2' and form == 'per_image'")
    assert set(curves["n"]) == {36}
    expected = per_image(describe(tiles[4:], ["S2"])["S2"], 2).mean(axis=0)
    np.testing.assert_allclose(curves["mean"], expected)


def test_max_lag_is_kept_to_and_printed():
    a, b = described(rock(40, 17)), described(rock(40, 18))
    short = [described(rock(40, seed), n_lags=6) for seed in (17, 18)]
    found, expected = compared(a, b, max_lag=5), compared(*short)
    assert set(found[found["quantity"] != "scalar"]["lags"]) == {6}
    for descriptor in FUNCTIONS:
        assert line(found, descriptor).ratio == pytest.approx(line(expected, descriptor).ratio)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("boundary", np.array("periodic"), "boundary: unbiased and periodic"),
        ("pixel_size_nm", np.array(20.0), "pixel_size_nm: 500.0 and 20.0"),
        ("S2", np.zeros((40, 7)), "lags of S2: 16 and 7"),
    ],
)
def test_sets_that_cannot_be_compared_are_refused(name, value, message):
    a = described(rock(40, 19))
    with pytest.raises(ValueError, match=message):
        compared(a, a | {name: value})


@pytest.mark.parametrize(
    ("form", "quantity"), [("mean", "P"), ("pooled", "F"), ("per_image", "F"), ("spread", "scalar")]
)
def test_permutation_p_is_what_a_plain_loop_counts(form, quantity):
    measure = Measure("S2", quantity, form)
    a, b = ({"S2": describe(rock(n, seed), ["S2"])["S2"]} for n, seed in ((9, 20), (7, 21)))
    tiles_a, tiles_b = measure.of_tiles(a), measure.of_tiles(b)
    labels = shuffled_labels(9, 7, 99, seed=5)
    assert (labels.sum(axis=1) == 9).all() and labels[0, :9].all()
    tiles = np.concatenate([tiles_a, tiles_b])

    def error(label):
        curve = (lambda t: pooled(t, 2)) if form == "pooled" else (lambda t: t.mean(axis=0))
        return np.mean((curve(tiles[label]) - curve(tiles[~label])) ** 2)

    errors = np.array([error(label) for label in labels])
    found = permuted_errors(measure, tiles_a, tiles_b, labels)
    np.testing.assert_allclose(found, errors)
    assert permutation_p(found) == np.mean(errors >= errors[0] * (1 - 1e-9))


def test_holm_by_hand():
    found = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(found, [0.03, 0.06, np.nan, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.6, 0.7])), [1, 1])


def test_curve_table():
    tiles = rock(20, 22)
    table = curve_table(described(tiles))
    assert list(table.columns) == [
        *("descriptor", "quantity", "form", "boundary", "lag_px", "lag_um"),
        *("mean", "low", "high", "n"),
    ]
    curves = describe(tiles, FUNCTIONS)
    part = table.query("descriptor == 'P4' and form == 'pooled'")
    np.testing.assert_allclose(part["mean"], pooled(curves["P4"], 4))
    np.testing.assert_allclose(part["lag_um"], 0.5 * np.arange(16))
    half = 1.96 * contributions(curves["P4"], 4).std(axis=0, ddof=1) / np.sqrt(20)
    np.testing.assert_allclose(part["high"] - part["mean"], half, atol=1e-12)
    assert "L" not in set(table.query("quantity == 'F'")["descriptor"])
    assert set(table["boundary"]) == {"unbiased"}

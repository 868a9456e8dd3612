"""Sets compared at equal phase fraction: shape is seen, luck in the phase fraction is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_comparison import compared, described, line, rock

from rockrec.comparison import compare_sets, curve_table
from rockrec.comparison.at_phi import at_phi, slopes_on_phi
from rockrec.descriptors import describe
from rockrec.plain.records.verdicts import DIFFERENT, SAME

LAGS = np.arange(16)
DECAY = np.exp(-LAGS / 4)


def made_up(n, seed, spread=0.03, shape=0.0, noise=2e-4):
    """Curves that are a line in phi, its slope by lag, a shape of their own, and noise."""
    rng = np.random.default_rng(seed)
    phi = 0.3 + spread * rng.standard_normal(n)
    own = shape * DECAY * (1 - DECAY) + noise * rng.standard_normal((n, 16)) * (LAGS > 0)
    return {
        "S2": np.outer(phi, DECAY) + 0.3 * np.outer(phi, 1 - DECAY) + own,
        "phase_fraction": phi,
        "boundary": np.array("unbiased"),
        "pixel_size_nm": np.array(500.0),
    }


def told(a, b, form, **changes):
    return line(compared(a, b, **changes), "S2", form=form)


def test_slopes_are_those_of_least_squares_lag_by_lag():
    tiles = rock(40, 1)
    curves = describe(tiles, ["L"])["L"]
    phi = tiles.mean(axis=(1, 2))
    found = slopes_on_phi(curves, phi)
    np.testing.assert_allclose(found, np.polyfit(phi, curves, 1)[0], atol=1e-12)
    assert found[0] == pytest.approx(1), "the curve begins with the phase fraction"


@pytest.mark.parametrize("n", [1, 2, 40])
def test_without_a_slope_to_be_had_there_is_none(n):
    """Two tiles, or tiles that all hold as much of the phase."""
    phi = np.full(n, 1 / 3) if n > 2 else np.arange(n) / 7
    curves = np.random.default_rng(2).random((n, 5))
    np.testing.assert_array_equal(slopes_on_phi(curves, phi), 0)


def test_where_the_rock_has_one_phase_fraction_curves_are_compared_as_they_are():
    real, other = made_up(60, 1, spread=0.0), made_up(60, 2)
    whole, freed = (told(other, real, form) for form in ("mean", "at_phi"))
    assert freed.ratio == pytest.approx(whole.ratio * 58 / 59, rel=1e-6)
    assert freed.verdict == whole.verdict


def test_a_lag_without_a_value_stays_without_one():
    real = made_up(40, 3)
    real["S2"][:, 5] = np.nan
    freed = at_phi(real, real)["S2"]
    assert np.isnan(freed[:, 5]).all() and not np.isnan(np.delete(freed, 5, axis=1)).any()
    assert np.isfinite(told(real, made_up(40, 4), "at_phi", floor_source=real).ratio)


def test_where_phi_tells_all_no_difference_is_left():
    found = told(made_up(40, 5, noise=0), made_up(40, 6, noise=0), "at_phi")
    assert (found.error, found.floor, found.verdict) == (0, 0, SAME)


def test_the_floor_is_the_mean_error_between_real_sets():
    real, whole = made_up(128, 7), made_up(4000, 8)
    errors = []
    for start in range(0, 4000, 100):
        parts = [
            {k: v[first : first + 50] if v.ndim else v for k, v in whole.items()}
            for first in (start, start + 50)
        ]
        table = compared(*parts, floor_source=real, n_pairs=1, permutations=1)
        errors.append(line(table, "S2", form="at_phi").ratio)
    assert abs(np.mean(errors) - 1) < 3 * np.std(errors) / np.sqrt(len(errors)) + 0.1


def test_a_forced_phase_fraction_buys_nothing():
    """The right shape at one phase fraction: too near in whole curves, one floor at equal phi."""
    real = made_up(128, 9)
    forced = [made_up(128, seed, spread=0.0) for seed in range(10, 20)]
    whole = np.mean([told(one, real, "mean").ratio for one in forced])
    freed = np.mean([told(one, real, "at_phi").ratio for one in forced])
    assert whole < 0.8
    assert freed == pytest.approx(1, abs=0.3)


def test_a_shape_that_hides_behind_the_luck_in_phi_is_caught():
    real, other = made_up(128, 21), made_up(128, 22, shape=1e-3)
    assert told(other, real, "mean").verdict == SAME
    found = told(other, real, "at_phi")
    assert found.verdict == DIFFERENT and found.ratio > 5


@given(st.integers(0, 2**31), st.lists(st.floats(-2, 2), min_size=16, max_size=16))
def test_nothing_that_is_a_line_in_phi_counts(seed, slope):
    """Whatever the curves have of their own phi, by any slopes, the comparison is the same."""

    def tilted(one):
        return one | {"S2": one["S2"] + np.outer(one["phase_fraction"], slope)}

    real, other = made_up(30, seed, spread=0.05), made_up(35, seed + 1)
    for a, b in ((other, real), (real, other)):
        freed = at_phi(a, b)["S2"]
        np.testing.assert_allclose(at_phi(tilted(a), tilted(b))["S2"], freed, atol=1e-9)


def test_real_tiles_of_one_rock_stand_at_one_floor():
    tiles = rock(1280, 23, size=24)
    phi, curves = tiles.mean(axis=(1, 2)), describe(tiles, ("S2", "L"))
    fixed = {"boundary": np.array("unbiased"), "pixel_size_nm": np.array(1.0)}

    def part(first, n):
        cut = {name: values[first : first + n] for name, values in curves.items()}
        return {**cut, "phase_fraction": phi[first : first + n], **fixed}

    source = part(0, 128)
    ratios = [
        line(compared(part(n, 128), part(n + 128, 128), floor_source=source), name, form="at_phi")
        for n in range(128, 1024, 256)
        for name in ("S2", "L")
    ]
    assert 0.5 < np.mean([found.ratio for found in ratios]) < 1.6


def test_of_every_curve_there_is_a_line_and_its_family_is_its_own():
    a, b = described(rock(40, 24)), described(rock(40, 25))
    table = compared(a, b, targeted=("S2",))
    lines = table[table["form"] == "at_phi"]
    assert set(lines["descriptor"]) == {"S2", "P3H", "P4", "L"}
    assert lines.set_index("descriptor")["targeted"].to_dict()["S2"]
    assert "at_phi" not in set(curve_table(a)["form"])


def test_the_slopes_are_those_of_the_floors_source():
    real, other = made_up(60, 26), made_up(60, 27)
    settings = {"against": "train", "method": "", "replicate": "", "targeted": (), "seed": 1}
    by_source = [
        line(compare_sets(other, real, floor_source=source, **settings), "S2", form="at_phi").error
        for source in (real, made_up(60, 28, spread=0.0))
    ]
    assert by_source[1] > 3 * by_source[0], "without a slope the luck in phi is left"

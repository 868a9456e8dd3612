"""Pore distributions compared: distances by other means, floors on known populations."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

from rockrec.comparison import PoreSet, compare_pores
from rockrec.comparison.pores import circular_wasserstein, wasserstein
from rockrec.plain.records.verdicts import DIFFERENT, SAME, TOO_FEW, UNDEFINED


def pore_set(seed, n_tiles=60, per_tile=8, decades=0.4, angle=20.0, spread=15.0, factor=1.0):
    """Log-normal areas, and directions about `angle`; one pore in four has no direction."""
    rng = np.random.default_rng(seed)
    n = n_tiles * per_tile
    directions = 90 - (90 - rng.normal(angle, spread, n)) % 180
    directions[::4] = np.nan
    pores = pd.DataFrame(
        {
            "tile": np.repeat(np.arange(n_tiles), per_tile),
            "area_um2": factor * 10 ** rng.normal(1.0, decades, n),
            "orientation_deg": directions,
        }
    )
    return PoreSet(pores, n_tiles)


def compared(reconstructed, real, **changes):
    settings = {
        "against": "heldout",
        "method": "sa",
        "replicate": "1",
        "boundary": "unbiased",
        "seed": 3,
        "floor_source": real,
        "permutations": 200,
    }
    table = compare_pores(reconstructed, real, **(settings | changes))
    return table.set_index("descriptor")


def test_distance_on_a_line_is_scipys():
    rng = np.random.default_rng(0)
    positions = np.sort(rng.normal(size=30))
    a, b = rng.integers(0, 9, (2, 30))
    expected = wasserstein_distance(positions, positions, a, b)
    assert wasserstein(a, b, positions) == pytest.approx(expected)
    assert wasserstein(7 * a, b, positions) == pytest.approx(expected)


def test_distance_on_the_circle_is_the_cheapest_transport():
    rng = np.random.default_rng(1)
    m = 9
    around = np.abs(np.subtract.outer(np.arange(m), np.arange(m)))
    cost = np.minimum(around, m - around) * 180 / m
    for _ in range(5):
        a, b = rng.integers(1, 9, (2, m)).astype(float)
        a, b = a / a.sum(), b / b.sum()
        given = np.kron(np.eye(m), np.ones(m))
        taken = np.kron(np.ones(m), np.eye(m))
        plan = linprog(cost.ravel(), A_eq=np.vstack([given, taken]), b_eq=np.concatenate([a, b]))
        assert circular_wasserstein(a, b) == pytest.approx(plan.fun)


@pytest.mark.parametrize("turn", [0, 1, 45, 90, 135, 179])
def test_a_turn_is_as_far_as_the_shorter_way_round(turn):
    a, b = np.zeros((2, 180))
    a[10] = b[(10 + turn) % 180] = 1
    assert circular_wasserstein(a, b) == pytest.approx(min(turn, 180 - turn))


def test_pores_ten_times_as_large_are_one_decade_away():
    real = pore_set(0)
    table = compared(PoreSet(real.pores.assign(area_um2=real.pores["area_um2"] * 10), 60), real)
    assert table.loc["pore_area", "error"] == pytest.approx(1.0)
    assert table.loc["pore_area", "verdict"] == DIFFERENT
    assert table.loc["pore_orientation", "error"] == pytest.approx(0.0)
    assert table.loc["pore_orientation", "verdict"] == SAME


def test_vertical_pores_stay_near_across_the_end_of_the_range():
    """85 and -85 degrees are 10 degrees apart, not 170."""
    left, right = (pore_set(0, angle=angle, spread=0.0) for angle in (85.0, -85.0))
    assert compared(left, right).loc["pore_orientation", "error"] == pytest.approx(10.0, abs=0.11)


def test_the_floor_is_what_two_real_sets_differ_by():
    floors = compared(pore_set(0), pore_set(1))["floor"]
    pairs = [compared(pore_set(2 * i), pore_set(2 * i + 1))["error"] for i in range(1, 40)]
    for name in ("pore_area", "pore_orientation"):
        assert floors[name] == pytest.approx(np.mean([errors[name] for errors in pairs]), rel=0.25)


def test_sets_of_one_population_are_seldom_told_apart():
    told = [(compared(pore_set(i), pore_set(i + 50))["verdict"] == DIFFERENT) for i in range(20)]
    assert np.sum(told) <= 4


def test_the_floor_is_of_the_sizes_compared():
    """Half as many tiles on both sides: a floor larger by the square root of two."""
    real = pore_set(0, n_tiles=120)
    whole = compared(pore_set(1, n_tiles=120), real)
    half = compared(pore_set(1, n_tiles=120), real, n_per_set=60)
    assert half["n_a"].tolist() == [60, 60]
    larger = (half["floor"] / whole["floor"]).to_numpy()
    assert larger == pytest.approx(np.full(2, 2**0.5), rel=0.15)
    assert (half["ratio_low"] < half["ratio_high"]).all()


def test_rounder_pores_without_directions_are_undefined_not_zero():
    real = pore_set(0)
    round_pores = PoreSet(real.pores.assign(orientation_deg=np.nan), 60)
    line = compared(round_pores, real).loc["pore_orientation"]
    assert np.isnan(line[["error", "ratio", "p"]].astype(float)).all()
    assert line["verdict"] == UNDEFINED


def test_a_set_without_pores_is_undefined():
    table = compared(PoreSet(pore_set(0).pores.iloc[:0], 60), pore_set(1))
    assert (table["verdict"] == UNDEFINED).all() and (table["n_a"] == 60).all()


def test_no_verdict_below_thirty_tiles():
    assert (compared(pore_set(0, n_tiles=20), pore_set(1))["verdict"] == TOO_FEW).all()

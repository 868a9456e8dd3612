"""Diffusivities and widths of two sets compared: errors and floors of sets that are known."""

import numpy as np
import pandas as pd
import pytest

from rockrec.comparison import WidthSet
from rockrec.comparison.diffusivity import compare_diffusivities
from rockrec.comparison.widths import compare_widths
from rockrec.plain.records.scalars import DIFFUSIVITIES, SCALARS, WIDTHS
from rockrec.plain.records.verdicts import DIFFERENT, SAME, TOO_FEW, UNDEFINED

COMMON = {
    "against": "heldout",
    "method": "sa",
    "replicate": "1",
    "boundary": "unbiased",
    "seed": 3,
    "permutations": 200,
}


def conducting(seed, n=60, mean=0.2, paths=60):
    """Tiles that conduct by about `mean`, through `paths` of which a path leads."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.normal(mean, 0.02, n) for name in DIFFUSIVITIES})
    table.loc[paths:, ["diffusivity_x", "diffusivity_y"]] = 0.0
    return table.assign(phase_fraction=rng.normal(0.4, 0.02, n), tile=range(n))


def by_name(table):
    assert list(table["form"].unique()) in (["mean"], ["wasserstein"])
    return table.set_index("descriptor")


def diffusivities(reconstructed, real, **changes):
    return by_name(
        compare_diffusivities(reconstructed, real, **(COMMON | {"floor_source": real} | changes))
    )


def test_each_diffusivity_has_a_line_with_a_title():
    table = diffusivities(conducting(0), conducting(1))
    assert list(table.index) == list(DIFFUSIVITIES)
    assert all((name, "mean") in SCALARS for name in table.index)


def test_the_error_is_the_squared_difference_of_the_means_and_the_floor_that_of_chance():
    table = diffusivities(conducting(0, mean=0.25), conducting(1))
    assert table["error"].to_numpy() == pytest.approx(np.full(6, 0.05**2), rel=0.2)
    assert table["floor"].to_numpy() == pytest.approx(np.full(6, 0.02**2 * 2 / 60), rel=0.5)
    assert (table["verdict"] == DIFFERENT).all()
    assert (diffusivities(conducting(0), conducting(1))["verdict"] == SAME).sum() >= 5


def test_where_few_real_tiles_conduct_there_is_no_verdict():
    real = conducting(1, paths=29)
    table = diffusivities(conducting(0, mean=0.4), real)
    undefined = ["diffusivity_x", "diffusivity_y"]
    assert (table.loc[undefined, "verdict"] == UNDEFINED).all()
    assert table.loc[undefined, "p"].isna().all()
    assert table.loc[undefined, "error"].notna().all()
    assert (table.drop(index=undefined)["verdict"] == DIFFERENT).all()
    enough = diffusivities(conducting(0, mean=0.4), conducting(1, paths=30))
    assert (enough["verdict"] == DIFFERENT).all()
    elsewhere = diffusivities(conducting(0), conducting(1), floor_source=real)
    assert (elsewhere.loc[undefined, "verdict"] == UNDEFINED).all()


def test_what_is_not_defined_is_no_part_of_the_family_of_tests():
    real = conducting(1, paths=10)
    table = diffusivities(conducting(5, mean=0.4), real)
    told = table["p"].dropna()
    assert told.to_numpy() == pytest.approx(np.full(4, 4 / 201))


def test_a_method_whose_tiles_do_not_conduct_differs():
    table = diffusivities(conducting(0, paths=0), conducting(1))
    assert (table.loc[["diffusivity_x", "diffusivity_y"], "verdict"] == DIFFERENT).all()


def test_few_tiles_are_too_few():
    table = diffusivities(conducting(0, n=20, paths=20), conducting(1))
    assert (table["verdict"] == TOO_FEW).all()


def width_set(seed, n=60, mean=2.0):
    rng = np.random.default_rng(seed)
    lines = [
        (tile, quantity, width, 3.0)
        for tile in range(n)
        for quantity in WIDTHS
        for width in rng.normal(mean, 0.3, 10).round(2)
    ]
    columns = ["tile", "quantity", "width_um", "weight"]
    return WidthSet(pd.DataFrame(lines, columns=columns), n)


def widths(reconstructed, real, **changes):
    settings = COMMON | {"floor_source": real} | changes
    return by_name(compare_widths(reconstructed, real, **settings))


def test_the_error_of_widths_is_a_length():
    table = widths(width_set(0, mean=2.5), width_set(1))
    assert list(table.index) == list(WIDTHS)
    assert table["error"].to_numpy() == pytest.approx(np.full(3, 0.5), abs=0.05)
    assert (table["verdict"] == DIFFERENT).all()
    assert all((name, "wasserstein") in SCALARS for name in table.index)
    assert (widths(width_set(0), width_set(1))["verdict"] == SAME).sum() >= 2


def test_widths_count_by_their_weight():
    real = width_set(1)
    heavy = real.widths.assign(weight=np.where(real.widths["width_um"] > 2, 9.0, 1.0))
    table = widths(WidthSet(heavy, 60), real)
    assert (table["error"] > 0.1).all()
    doubled = WidthSet(real.widths.assign(weight=6.0), 60)
    assert widths(doubled, real)["error"].to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_set_without_chords_is_undefined():
    real = width_set(1)
    none = WidthSet(real.widths[real.widths["quantity"] != "chord_x"], 60)
    assert widths(none, real).loc["chord_x", "verdict"] == UNDEFINED

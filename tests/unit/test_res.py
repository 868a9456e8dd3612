"""Representative elementary size: media whose size of structure is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.mosaics import open_mosaic, write_mosaic
from rockrec.res import analyse_res
from rockrec.res.draws import Draw
from rockrec.res.errors import crossing, smallest


def bernoulli(phi, shape, seed):
    return (np.random.default_rng(seed).random(shape) < phi).astype(np.uint8)


def test_pooled_error_of_an_uncorrelated_medium_is_noise_that_shrinks_with_the_area():
    """Its F2 is 0 beyond lag 0 at every size, so what is left is 1/(pixels drawn)."""
    analysis = analyse_res(bernoulli(0.3, (400, 700), 0), 1, [16, 64, 128], 50.0, seed=1)
    pooled = analysis.errors[analysis.errors["form"] == "pooled"].set_index("size_px")
    ratio = pooled.loc[16, "error"] / pooled.loc[64, "error"]
    assert 4 < ratio < 60  # areas 1 : 16, beside the noise of the reference


def test_per_image_form_is_biased_at_small_sizes():
    """Each image's own φ pulls its F2 down by the variance of φ over φ(1 - φ)."""
    field = gaussian_filter(np.random.default_rng(5).standard_normal((600, 900)), 8)
    analysis = analyse_res((field > 0).astype(np.uint8), 1, [32, 64, 192], 50.0, seed=1)
    small = analysis.curves.query("size_px == 32").pivot(
        index="lag_px", columns="form", values="mean"
    )
    assert small["per_image"].iloc[-1] < small["pooled"].iloc[-1] - 0.1


def checkerboard(cell, shape):
    rows, columns = np.indices(shape) // cell
    return ((rows + columns) % 2).astype(np.uint8)


def test_res_is_the_smallest_size_where_every_square_is_the_medium():
    """Even squares of a one-pixel checkerboard all have the F2 of the whole."""
    analysis = analyse_res(checkerboard(1, (300, 400)), 1, [16, 32, 64], 50.0, seed=3)
    assert analysis.sizes == {"pooled": 16, "per_image": 16}
    assert analysis.errors["error"].max() == pytest.approx(0, abs=1e-20)


def test_res_is_above_sizes_smaller_than_the_structure():
    analysis = analyse_res(checkerboard(40, (400, 600)), 1, [16, 32, 128], 50.0, seed=3)
    assert analysis.sizes["per_image"] == 128


@pytest.mark.filterwarnings("error")
def test_a_size_whose_squares_hold_one_phase_is_not_representative():
    medium = np.zeros((300, 300), np.uint8)
    medium[::10, 150] = 1
    analysis = analyse_res(medium, 1, [8, 128], 50.0, squares=3, repeats=2, seed=4)
    assert analysis.errors.query("size_px == 8")["error"].isna().any()
    assert analysis.sizes["per_image"] == 128


def test_curves_start_at_one_and_carry_micrometres():
    analysis = analyse_res(bernoulli(0.4, (200, 200), 2), 1, [16, 32], 500.0, squares=5, repeats=2)
    first = analysis.curves.query("lag_px == 0")
    assert np.allclose(first["mean"], 1)
    assert np.allclose(analysis.curves["lag_um"], analysis.curves["lag_px"] * 0.5)
    assert analysis.errors.groupby("form")["res"].sum().eq(1).all()


def test_same_seed_same_table():
    medium = bernoulli(0.4, (200, 200), 2)
    runs = [analyse_res(medium, 1, [16, 32], 50.0, squares=5, repeats=2, seed=9) for _ in range(2)]
    assert runs[0].curves.equals(runs[1].curves)
    assert runs[0].errors.equals(runs[1].errors)


def test_bad_input_is_named():
    medium = bernoulli(0.4, (100, 100), 2)
    with pytest.raises(ValueError, match="at least two sizes"):
        analyse_res(medium, 1, [16], 50.0)
    with pytest.raises(ValueError, match="128 px does not fit"):
        analyse_res(medium, 1, [16, 128], 50.0)
    with pytest.raises(ValueError, match="hold no pixel of phase 1, or nothing else"):
        analyse_res(np.zeros((100, 100), np.uint8), 1, [16, 32], 50.0)


@pytest.mark.parametrize("descriptor", ["S2H", "P3V", "P4", "L", "C2"])
def test_any_descriptor_may_be_the_criterion(descriptor):
    """Curves start at 1; the structure of 40 px is seen by all of them."""
    medium = checkerboard(40, (400, 600)) * 7
    settings = dict(descriptor=descriptor, squares=8, repeats=3, seed=3)
    analysis = analyse_res(medium, 7, [16, 128, 160], 50.0, **settings)
    assert set(analysis.curves["descriptor"]) == {descriptor}
    starts = analysis.curves.query("lag_px == 0 and size_px > 16")["mean"]
    assert starts.to_numpy() == pytest.approx(1)
    errors = analysis.errors.query("form == 'pooled'").set_index("size_px")["error"]
    assert errors[16] > 2 * errors[128]


def test_a_mosaic_on_disk_gives_what_an_array_gives(tmp_path):
    medium = bernoulli(0.4, (700, 900), 2)
    write_mosaic(tmp_path / "m.tif", medium, 50.0)
    settings = dict(squares=5, repeats=2, seed=9)
    with open_mosaic(tmp_path / "m.tif") as mosaic:
        from_disk = analyse_res(mosaic, 1, [16, 64], 50.0, **settings)
    from_array = analyse_res(medium, 1, [16, 64], 50.0, **settings)
    pd.testing.assert_frame_equal(from_disk.errors, from_array.errors)


def errors_of(errors, threshold=1.0):
    sizes = [2 ** (4 + at) for at in range(len(errors))]
    return pd.DataFrame({"size_px": sizes, "error": errors, "threshold": threshold})


def test_between_the_sizes_the_res_is_where_the_error_meets_the_threshold():
    assert crossing(errors_of([8.0, 2.0, 0.5, 0.1])) == pytest.approx(np.sqrt(32 * 64))
    assert crossing(errors_of([0.9, 0.8, 0.5])) == 16, "the smallest, where all stay below"
    assert crossing(errors_of([8.0, 0.5, 2.0, 0.5])) == pytest.approx(np.sqrt(64 * 128))
    assert crossing(errors_of([8.0, 2.0, 1.5])) == 64, "the largest, whose own error is above"
    assert crossing(errors_of([np.nan, 0.5, 0.2])) == 32
    assert crossing(errors_of([0.0, 0.0], threshold=0.0)) == 16
    for errors in ([8.0, 2.0, 0.5, 0.1], [0.9, 0.8, 0.5], [8.0, 0.5, 2.0, 0.5]):
        table = errors_of(errors)
        assert smallest(table) / 2 <= crossing(table) <= smallest(table)


def test_a_res_that_grows_with_the_largest_size_is_none():
    """Of independent pixels the error is noise, and any size is relative to the largest."""
    analysis = analyse_res(bernoulli(0.3, (500, 700), 0), 1, [16, 32, 64, 128], 50.0, seed=1)
    assert analysis.sizes["pooled"] is None
    assert not analysis.errors.query("form == 'pooled'")["res"].any()
    pooled = analysis.references.query("form == 'pooled'")
    assert list(pooled["largest_px"]) == [32, 64, 128]
    assert pooled["res_px"].is_monotonic_increasing and pooled["grows"].all()


def test_a_res_that_does_not_grow_stays_and_is_sure():
    analysis = analyse_res(checkerboard(1, (300, 400)), 1, [16, 32, 64, 100], 50.0, seed=3)
    assert analysis.sizes == {"pooled": 16, "per_image": 16}
    columns = ["res_px", "low_px", "high_px", "draws_low_px", "draws_high_px"]
    assert (analysis.references[columns] == 16).all().all()


def test_the_interval_of_a_res_holds_it_and_lies_within_the_sizes():
    field = gaussian_filter(np.random.default_rng(5).standard_normal((600, 900)), 4)
    analysis = analyse_res((field > 0).astype(np.uint8), 1, [32, 64, 128, 192], 50.0, seed=1)
    table = analysis.references
    for low, high in (("low_px", "high_px"), ("draws_low_px", "draws_high_px")):
        assert (table[low] >= 32).all() and (table[high] <= table["largest_px"]).all()
    assert (table["low_px"] <= table["res_px"]).all()
    assert (table["res_px"] <= table["high_px"]).all()


def test_a_block_that_is_left_out_takes_the_squares_whose_middle_it_holds():
    squares = Draw("S2", 10, np.array([0, 40]), np.array([0, 40]), np.arange(8.0).reshape(2, 4))
    assert squares.without(0, 0, 20, 20).curves.tolist() == [[4, 5, 6, 7]]
    assert len(squares.without(20, 0, 40, 20).rows) == 2
    assert len(squares.without(0, 0, 90, 90).rows) == 2, "one without any square tells nothing"

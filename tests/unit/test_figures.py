"""Figures show the numbers of their tables, say their units, and come out the same twice."""

import warnings
from dataclasses import replace

import example_results
import numpy as np
import pandas as pd
import pytest
from drawn import text_of
from matplotlib.text import Text

from rockrec.descriptors import describe
from rockrec.figures import style
from rockrec.figures.descriptors import plot_descriptors, plot_sample_descriptors
from rockrec.figures.diversity import Described, plot_diversity
from rockrec.figures.history import plot_history
from rockrec.figures.lineal_path import plot_lineal_path
from rockrec.figures.polytope_curves import plot_polytope_curves
from rockrec.figures.pores import ORIENTATION_BINS, plot_pores
from rockrec.figures.realisations import plot_realisations
from rockrec.figures.repetition import Repetition, plot_repetition
from rockrec.figures.res import plot_res
from rockrec.figures.resizing import plot_resizing
from rockrec.figures.segmentation import Field, Segmented, field_corners, plot_segmentation
from rockrec.figures.shapes import plot_shapes
from rockrec.figures.sources import by_sample
from rockrec.figures.strip import Strip, plot_strips
from rockrec.figures.tile_images import Tiles
from rockrec.figures.transport import plot_transport
from rockrec.figures.widths import plot_widths
from rockrec.plain.records.colours import VERMILLION
from rockrec.pores import measure_pores
from rockrec.transport import measure_diffusivity, measure_widths

SOURCES = ("real", "sa/1", "wgan_gp/1")


def curve_sources(sources=SOURCES):
    return {source: example_results.curves(shift=0.1 * i) for i, source in enumerate(sources)}


def tile_sources(sources=SOURCES):
    return {source: Tiles(example_results.tiles(i), 200.0) for i, source in enumerate(sources)}


def pore_sources(sources=SOURCES):
    return {
        source: measure_pores(example_results.tiles(i), 200.0) for i, source in enumerate(sources)
    }


def transport_sources(sources=SOURCES):
    return {
        source: measure_diffusivity(1 - example_results.tiles(i, size=32), 0.01)
        for i, source in enumerate(sources)
    }


def width_sources(sources=SOURCES):
    return {
        source: measure_widths(example_results.tiles(i, size=32), 200.0)
        for i, source in enumerate(sources)
    }


FIGURES = {
    "polytope curves": lambda samples, sources: plot_polytope_curves(
        dict.fromkeys(samples, curve_sources(sources))
    ),
    "scaled autocovariance": lambda samples, sources: plot_polytope_curves(
        dict.fromkeys(samples, curve_sources(sources)), "F"
    ),
    "lineal path": lambda samples, sources: plot_lineal_path(
        dict.fromkeys(samples, curve_sources(sources))
    ),
    "pores": lambda samples, sources: plot_pores(dict.fromkeys(samples, pore_sources(sources))),
    "transport": lambda samples, sources: plot_transport(
        dict.fromkeys(samples, transport_sources(sources))
    ),
    "widths": lambda samples, sources: plot_widths(dict.fromkeys(samples, width_sources(sources))),
    "realisations": lambda samples, sources: plot_realisations(
        dict.fromkeys(samples, tile_sources(sources))
    ),
    "res": lambda samples, sources: plot_res(dict.fromkeys(samples, example_results.res_tables())),
    "history": lambda samples, sources: plot_history(
        {source.partition("/")[0]: "wgan_gp" for source in sources},
        dict.fromkeys(samples, example_results.gan_history()),
        dict.fromkeys(samples, {"sa/1": example_results.annealing_history()}),
    ),
    "shapes": lambda samples, sources: plot_shapes(
        {sample: tile_sources()["real"] for sample in samples}
    ),
    "repetition": lambda samples, sources: plot_repetition(
        dict.fromkeys(samples, tile_sources(sources)),
        dict.fromkeys(samples, dict.fromkeys(sources, Repetition("found", "S2H", 20))),
    ),
    "descriptors": lambda samples, sources: plot_sample_descriptors(
        " ".join(samples), curve_sources(sources)
    ),
    "diversity": lambda samples, sources: plot_diversity(
        " ".join(samples),
        {
            name: Described(tiles, describe(tiles.images, ["S2"])["S2"])
            for name, tiles in tile_sources(sources).items()
        },
    ),
    "resizing": lambda samples, sources: plot_resizing(dict.fromkeys(samples, resizing_table())),
    "segmentation": lambda samples, sources: plot_segmentation(
        dict.fromkeys(samples, segmented_mosaic())
    ),
    "strip": lambda samples, sources: plot_strips(dict.fromkeys(samples, strip_of_tiles())),
}


def resizing_table():
    lags = np.arange(64)
    return pd.concat(
        pd.DataFrame(
            {
                "stage": stage,
                "phase_fraction": 0.31,
                "pores": pores,
                "clusters": 20.0,
                "lag_um": lags * step,
                "mean": 0.31 * np.exp(-lags * step / 2),
                "n": 100,
            }
        )
        for stage, step, pores in (("before", 0.05, 12.0), ("after", 0.1, 9.0))
    )


def segmented_mosaic():
    gray = np.random.default_rng(0).integers(0, 256, (90, 300), np.uint8)
    field = Field(10, 100, gray[10:70, 100:160], gray[10:70, 100:160] > 180)
    return Segmented((90, 300), gray, gray > 180, [field] * 3, (20, 230), 50.0)


def hatched(figure):
    return [
        any(getattr(one, "hatches", [None])[0] for one in axes.collections) for axes in figure.axes
    ]


def test_what_is_outside_is_hatched_where_there_is_any():
    mosaic = segmented_mosaic()
    assert not any(hatched(plot_segmentation({"rock": mosaic})))
    outside = np.zeros(mosaic.gray.shape, bool)
    outside[:40, :120] = True
    field = replace(mosaic.fields[0], outside=outside[10:70, 100:160])
    clean = replace(mosaic.fields[1], outside=np.zeros((60, 60), bool))
    mosaic = replace(mosaic, outside=outside, fields=[field, clean])
    assert hatched(plot_segmentation({"rock": mosaic})) == [True, True, False]


def strip_of_tiles():
    tiles = np.random.default_rng(0).integers(0, 256, (12, 4, 16, 16), np.uint8)
    return Strip(np.arange(50, 650, 50), tiles, kept=430)


LONG = ("history", "strip")  # a block for each training: with many longer than a page


def drawn_axes(figure):
    return [axes for axes in figure.axes if axes.lines]


def line_of(axes, label):
    return next(line for line in axes.lines if line.get_label() == label)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("samples, sources", [(1, 1), (1, 7), (4, 3)])
def test_any_number_of_samples_and_methods(name, samples, sources):
    methods = ["real", "sa/1", "wgan_gp/1", "wgan_gp/2", "dcgan/1", "stylegan2_ada/1", "mps/1"]
    figure = FIGURES[name]([f"rock {i}" for i in range(samples)], methods[:sources])
    width, height = figure.get_size_inches()
    assert width <= style.PAGE_WIDTH
    assert height <= style.PAGE_HEIGHT or (name in LONG and samples > 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a layout that does not come out is one
        figure.draw_without_rendering()
    titles = " ".join(text_of(figure))
    assert all(f"rock {i}" in titles for i in range(samples))


@pytest.mark.parametrize(
    "empty",
    [
        lambda: plot_polytope_curves({}),
        lambda: plot_lineal_path({}),
        lambda: plot_pores({}),
        lambda: plot_transport({}),
        lambda: plot_widths({"rock": {"real": measure_widths(np.zeros((1, 8, 8)), 50.0)}}),
        lambda: plot_realisations({}),
        lambda: plot_res({}),
        lambda: plot_shapes({}),
        lambda: plot_repetition({}, {}),
        lambda: plot_descriptors({}),
        lambda: plot_diversity("rock", {}),
        lambda: plot_resizing({}),
        lambda: plot_segmentation({}),
        lambda: plot_strips({}),
        lambda: plot_pores({"rock": {"real": measure_pores(np.zeros((1, 8, 8)), 50.0)}}),
        lambda: plot_lineal_path(
            {"rock": {"real": example_results.curves().query("descriptor != 'L'")}}
        ),
    ],
)
def test_a_figure_without_data_says_so(empty):
    assert any("nothing to show" in text for text in text_of(empty()))


def test_polytope_curves_are_those_of_the_table():
    tables = curve_sources()
    for quantity, form in (("P", "mean"), ("F", "pooled")):
        figure = plot_polytope_curves({"rock": tables}, quantity)
        for axes, table in zip(drawn_axes(figure), tables.values(), strict=True):
            shown = {tuple(line.get_ydata()) for line in axes.lines}
            of_quantity = table[(table["quantity"] == quantity) & (table["form"] == form)]
            for name in example_results.ORDERS:
                line = of_quantity[of_quantity["descriptor"] == name]
                assert tuple(line["mean"]) in shown


def test_a_lag_without_origins_leaves_no_gap_in_the_curve():
    table = example_results.curves()
    odd = (table["descriptor"] == "P3H") & (table["lag_px"] % 2 == 1)
    table.loc[odd, "mean"] = np.nan
    axes = drawn_axes(plot_polytope_curves({"rock": {"real": table}}))[0]
    halves = [line for line in axes.lines if len(line.get_xdata()) == len(example_results.LAGS) / 2]
    assert len(halves) == 1 and np.isfinite(halves[0].get_ydata()).all()


def test_an_unknown_quantity_is_refused():
    with pytest.raises(ValueError, match="'X'"):
        plot_polytope_curves({"rock": curve_sources()}, "X")


def test_lineal_path_and_its_band_are_those_of_the_table():
    tables = curve_sources()
    axes = drawn_axes(plot_lineal_path({"rock": tables}))[0]
    for source, table in tables.items():
        name = source.partition("/")[0]
        expected = table.query("descriptor == 'L'")
        assert line_of(axes, name).get_ydata() == pytest.approx(expected["mean"].to_numpy())
    band = axes.collections[0].get_paths()[0].get_extents()
    real = tables["real"].query("descriptor == 'L'")
    assert band.ymin == pytest.approx(real["low"].min())
    assert band.ymax == pytest.approx(real["high"].max())


def test_the_magnified_lineal_path_begins_where_the_real_curve_is_low():
    flat = drawn_axes(plot_lineal_path({"rock": curve_sources()}))[1]
    real = curve_sources()["real"].query("descriptor == 'L'")
    left = flat.get_xlim()[0]
    assert real.loc[real["lag_px"] == left, "mean"].item() <= 0.1 * real["mean"].max()
    assert real.loc[real["lag_px"] == left - 1, "mean"].item() > 0.1 * real["mean"].max()


def test_a_lineal_path_that_stays_high_is_magnified_from_half_of_the_lags():
    table = example_results.curves(length=200.0)
    flat = drawn_axes(plot_lineal_path({"rock": {"real": table}}))[1]
    assert flat.get_xlim()[0] == example_results.LAGS[-1] // 2


@pytest.mark.parametrize("name", ["polytope curves", "lineal path", "res", "descriptors"])
def test_every_lag_axis_is_in_px_and_um(name):
    figure = FIGURES[name](["rock"], SOURCES)
    for axes in figure.axes:
        assert "px]" in axes.get_xlabel()
        assert axes.get_ylabel().endswith("[–]") or not axes.yaxis.get_tick_params()["labelleft"]
        (top,) = axes.child_axes
        assert "[µm]" in top.get_xlabel()


def test_the_um_axis_uses_the_tiles_own_pixel():
    figure = FIGURES["lineal path"](["rock"], SOURCES)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    px, um = axes.get_xlim(), axes.child_axes[0].get_xlim()
    assert np.array(um) == pytest.approx(np.array(px) * example_results.PIXEL_UM)


def test_res_marks_the_chosen_size():
    figure = plot_res({"rock": example_results.res_tables(chosen=256)})
    assert any("RES = 256 px = 12.8 µm" in text for text in text_of(figure))
    rings = [line for line in figure.axes[2].lines if line.get_fillstyle() == "none"]
    assert {x for ring in rings for x in ring.get_xdata()} == {256}


def test_res_says_when_only_the_largest_size_is_left():
    figure = plot_res({"rock": example_results.res_tables(chosen=512)})
    assert any("RES not below 512 px" in text for text in text_of(figure))


def test_res_says_when_no_size_is_representative():
    figure = plot_res({"rock": example_results.res_tables(chosen=None)})
    assert any("no size is representative" in text for text in text_of(figure))


def test_pore_histograms_integrate_to_one():
    tables = pore_sources()
    area, orientation = plot_pores({"rock": tables}).axes
    for axes, unit in ((area, 1), (orientation, 100)):
        assert len(axes.patches) == len(tables)
        for steps in axes.patches:
            density, edges, _ = steps.get_data()
            widths = np.diff(np.log10(edges)) if axes is area else np.diff(edges)
            assert (density * widths).sum() == pytest.approx(unit)


def test_pore_orientations_are_those_of_the_table():
    tables = pore_sources()
    axes = plot_pores({"rock": tables}).axes[1]
    angles = tables["real"]["orientation_deg"].dropna()
    expected = np.histogram(angles, ORIENTATION_BINS)[0] / len(angles) * 100 / 15
    assert axes.patches[0].get_data()[0] == pytest.approx(expected)


def test_the_share_of_tiles_that_conduct_is_stated_and_all_count():
    tables = transport_sources()
    tables["sa/1"].loc[:1, "diffusivity_x"] = 0.0  # of 8
    axes = plot_transport({"rock": tables}).axes[0]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[1] == "sa\n75% | 100%"
    lines = [line for line in axes.lines if len(set(line.get_ydata())) == 1]
    mean = tables["real"]["diffusivity_x"].mean()
    assert any(line.get_ydata()[0] == pytest.approx(mean) for line in lines)


def test_widths_are_shares_of_what_is_no_wider():
    tables = width_sources()
    axes = plot_widths({"rock": tables}).axes[0]
    curve = axes.lines[1].get_xydata()
    thin = tables["sa/1"].query("quantity == 'local_thickness'")
    middle = curve[len(curve) // 2]
    expected = thin.loc[thin["width_um"] <= middle[0] + 1e-9, "weight"].sum() / thin["weight"].sum()
    assert middle[1] == pytest.approx(expected)


def test_the_share_of_pores_without_direction_is_stated():
    tables = pore_sources(["real"])
    left_out = tables["real"]["orientation_deg"].isna().mean()
    axes = plot_pores({"rock": tables}).axes[1]
    assert f"real ({left_out:.0%} left out)" in axes.get_legend_handles_labels()[1]


def test_pore_axes_carry_units():
    area, orientation = plot_pores({"rock": pore_sources()}).axes
    assert "[µm²]" in area.get_xlabel() and area.get_xscale() == "log"
    assert "[°]" in orientation.get_xlabel()


def test_by_sample_reads_sample_by_sample():
    arranged = by_sample(["a", "b"], ["sa/1", "gan/1"], "AB", ["a1", "a2", "b1", "b2"], str.upper)
    assert arranged == {
        "a": {"real": "A", "sa/1": "A1", "gan/1": "A2"},
        "b": {"real": "B", "sa/1": "B1", "gan/1": "B2"},
    }


def test_by_sample_refuses_lists_that_do_not_fit():
    with pytest.raises(ValueError, match="2 samples with 1 methods need 2 real and 2"):
        by_sample(["a", "b"], ["sa/1"], "AB", ["a1"], str)


def test_replicates_share_a_colour_and_are_told_apart():
    styles = style.method_styles(["real", "sa/1", "gan/1", "gan/2"])
    assert styles["gan/1"]["color"] == styles["gan/2"]["color"] != styles["sa/1"]["color"]
    assert styles["gan/1"]["linestyle"] != styles["gan/2"]["linestyle"]
    names = style.source_names(["real", "sa/1", "gan/1", "gan/2"])
    assert names == {"real": "real", "sa/1": "sa", "gan/1": "gan/1", "gan/2": "gan/2"}


def test_more_methods_than_colours_are_still_told_apart():
    styles = style.method_styles([f"method{i}/1" for i in range(14)])
    assert len({(each["color"], str(each["linestyle"])) for each in styles.values()}) == 15


@pytest.mark.parametrize("longest, expected", [(1, 1), (4.9, 2), (5, 5), (0.13, 0.1), (730, 500)])
def test_round_length(longest, expected):
    assert style.round_length(longest) == pytest.approx(expected)


def test_descriptor_names_as_in_print():
    assert style.descriptor_name("P3H") == "$P_{3H}$"
    assert style.descriptor_name("S2", "F") == "$F_{2}$"
    assert style.descriptor_name("L") == "$L$"


def test_fields_lie_along_the_longer_axis_and_inside():
    assert field_corners((100, 900), 3, 80) == [(10, 110), (10, 410), (10, 710)]
    assert field_corners((900, 100), 3, 80) == [(110, 10), (410, 10), (710, 10)]
    assert field_corners((64, 64), 3, 64) == [(0, 0)] * 3


def test_the_strip_marks_the_kept_step_or_the_last_shown_before_it():
    figure = plot_strips({"rock": strip_of_tiles()})
    texts = figure.findobj(Text)
    marked = [text.get_text() for text in texts if text.get_color() == VERMILLION]
    assert marked == ["step 400"]


def test_of_many_trainings_fewer_latent_vectors_are_shown():
    rows = {}
    for n in (1, 4, 9):
        figure = plot_strips(dict.fromkeys(map(str, range(n)), strip_of_tiles()))
        shown = [axes for axes in figure.subfigs[0].get_axes() if axes.images]
        rows[n] = len(shown) // len({axes.get_position().x0 for axes in shown})
    assert rows == {1: 4, 4: 3, 9: 2}


def test_resizing_states_the_phase_fractions():
    texts = text_of(plot_resizing({"rock": resizing_table()}))
    assert "before: φ = 0.3100" in texts and "after: φ = 0.3100" in texts
    assert "numbers change: pores -25%" in texts

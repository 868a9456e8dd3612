"""Figures of descriptors: S2 by direction where directions differ, P4 and P6 hidden where zero."""

import example_results
import numpy as np
import pandas as pd
import pytest
from drawn import text_of

from rockrec.figures.descriptors import panels_of, plot_descriptors, plot_sample_descriptors
from rockrec.figures.polytope_curves import plot_polytope_curves
from rockrec.figures.style import directions_apart

HIGH = np.exp(-example_results.LAGS / 9)


def with_directions(names=("S2H", "S2V"), apart=0.0, fraction=0.2):
    """Curves beside which S2 stands in two directions, `apart` in shares of the phase fraction."""
    curves = example_results.curves(fraction)
    mean = curves.query("descriptor == 'S2' and quantity == 'P'")["mean"].to_numpy()
    drift = apart * fraction * (1 - HIGH)
    lines = [
        example_results.curve_lines(name, "P", "mean", mean + sign * drift / 2, 128)
        for name, sign in zip(names, (1, -1), strict=True)
    ]
    return pd.concat([curves, *lines], ignore_index=True)


def labels_of(figure):
    return [axes.get_ylabel() for axes in figure.axes]


def test_directions_are_apart_where_their_bands_are():
    pair = ("S2H", "S2V")
    assert directions_apart(with_directions(apart=0.2), pair)
    assert not directions_apart(with_directions(apart=0.005), pair)
    assert not directions_apart(example_results.curves(), pair)


def test_directions_apart_at_a_few_lags_are_one():
    curves = with_directions()
    here = (curves["descriptor"] == "S2H") & (curves["lag_px"] < 3)
    curves.loc[here, ["mean", "low", "high"]] += 1.0
    assert not directions_apart(curves, ("S2H", "S2V"))


def test_s2_is_shown_by_direction_only_where_the_rock_is_anisotropic():
    alike = plot_sample_descriptors("rock", {"real": with_directions()})
    apart = plot_sample_descriptors("rock", {"real": with_directions(apart=0.2)})
    assert "$S_{2}$$(r)$ [–]" in labels_of(alike) and "$S_{2H}$$(r)$ [–]" not in labels_of(alike)
    assert labels_of(apart)[:2] == ["$S_{2H}$$(r)$ [–]", "$S_{2V}$$(r)$ [–]"]
    assert "$S_{2}$$(r)$ [–]" not in labels_of(apart)


def test_diagonals_stand_beside_s2_where_they_differ():
    shown, _ = panels_of({"real": with_directions(("S2D+", "S2D-"), apart=0.2)}, "P")
    assert shown[:3] == ["S2", "S2D+", "S2D-"]


def test_polytope_curves_split_s2_of_the_anisotropic_sample_alone():
    samples = {"layered": with_directions(apart=0.2), "even": with_directions(apart=0.005)}
    figure = plot_polytope_curves({name: {"real": table} for name, table in samples.items()})
    layered, even = (
        {tuple(line.get_ydata()) for line in axes.lines} for axes in figure.axes if axes.lines
    )
    for table, drawn, names in (
        (samples["layered"], layered, {"S2H", "S2V"}),
        (samples["even"], even, {"S2"}),
    ):
        of_s2 = table[table["descriptor"].str.startswith("S2") & (table["quantity"] == "P")]
        for name, curve in of_s2.groupby("descriptor"):
            assert (tuple(curve["mean"]) in drawn) == (name in names)
    assert {"$S_{2}$", "$S_{2H}$", "$S_{2V}$"} <= set(text_of(figure))


def test_p4_and_p6_are_hidden_only_where_they_are_zero_in_every_set_and_it_is_said():
    rare, common = example_results.curves(fraction=0.01, length=1.0), example_results.curves()
    assert panels_of({"real": rare}, "P")[1] == ["P4", "P6"]
    assert panels_of({"real": rare, "gan": common}, "P")[1] == []
    assert panels_of({"real": rare}, "F")[1] == []
    figure = plot_sample_descriptors("rock", {"real": rare})
    (heading,) = [text for text in text_of(figure) if "left out" in text]
    assert "$P_{4}$ and $P_{6}$ left out: zero from r = 3 px" in heading
    assert not [label for label in labels_of(figure) if "P_{4}" in label]
    shown = plot_sample_descriptors("rock", {"real": common})
    assert not any("left out" in text for text in text_of(shown))


@pytest.mark.parametrize(("quantity", "said"), [("P", "$P_n$"), ("F", "$F_n$, pooled")])
def test_curves_and_band_are_those_of_the_table_and_the_quantity_is_said(quantity, said):
    tables = {"real": example_results.curves(), "gan/1": example_results.curves(shift=0.1)}
    figure = plot_sample_descriptors("rock", tables, quantity)
    assert any(text.startswith("rock: ") and said in text for text in text_of(figure))
    form = {"P": "mean", "F": "pooled"}[quantity]
    for place, name in enumerate(("S2", "P3H", "P3V", "P4", "P6")):
        axes = figure.axes[place]
        query = f"descriptor == '{name}' and quantity == '{quantity}' and form == '{form}'"
        for line, table in zip(axes.lines, tables.values(), strict=True):
            assert line.get_ydata() == pytest.approx(table.query(query)["mean"].to_numpy())
        (band,) = axes.collections
        extents = band.get_paths()[0].get_extents()
        real = tables["real"].query(query)
        assert (extents.ymin, extents.ymax) == pytest.approx(
            (real["low"].min(), real["high"].max())
        )
    lineal = figure.axes[5]
    expected = tables["real"].query("descriptor == 'L'")["mean"].to_numpy()
    assert lineal.lines[0].get_ydata() == pytest.approx(expected)
    assert lineal.get_ylabel() == "$L$$(r)$ [–]"


def test_without_choice_every_descriptor_of_the_table_has_a_panel_and_each_set_its_band():
    sets = {"images": with_directions(apart=0.2), "against": with_directions()}
    figure = plot_descriptors(sets)
    assert len(figure.axes) == 8
    assert all(len(axes.collections) == len(axes.lines) == 2 for axes in figure.axes)

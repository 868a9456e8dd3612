"""Figures of tiles: what is marked in them is there, and they are the tiles of their files."""

import example_results
import numpy as np
import pandas as pd
import pytest
import tifffile
from drawn import text_of

from rockrec.descriptors import describe
from rockrec.descriptors.polytopes import POLYTOPES, vertex_offsets
from rockrec.diagnosis import diagnose
from rockrec.figures.diversity import Described, montage, plot_diversity
from rockrec.figures.mosaics import Drawn, plot_mosaics
from rockrec.figures.novelty import coloured, plot_novelty
from rockrec.figures.realisations import longest_run, plot_realisations
from rockrec.figures.repetition import (
    Repetition,
    most_alike,
    plot_repetition,
    repetition_of,
)
from rockrec.figures.shapes import SHAPES, place_shapes, plot_shapes
from rockrec.figures.sources import labels_of, tiles_by_sample
from rockrec.figures.tile_images import Tiles
from rockrec.images import write_stack
from rockrec.novelty.maps import Map

SOURCES = ("real", "sa/1", "wgan_gp/1")


def tile_sources(sources=SOURCES, n=8):
    return {source: Tiles(example_results.tiles(i, n), 200.0) for i, source in enumerate(sources)}


# --- figure 3


@pytest.mark.parametrize("turned", [False, True])
def test_longest_run_finds_the_longest_segment_of_rows_and_columns(turned):
    image = np.zeros((6, 10), dtype=np.uint8)
    image[1, 0:3] = image[3, 4:9] = image[4, 2:5] = 1
    first, last = longest_run(image.T if turned else image)
    assert (first, last) == (((4, 3), (8, 3)) if turned else ((3, 4), (3, 8)))


def test_longest_run_of_a_full_and_of_an_empty_image():
    assert longest_run(np.ones((4, 4), dtype=np.uint8)) == ((0, 0), (0, 3))
    with pytest.raises(ValueError, match="without the phase"):
        longest_run(np.zeros((4, 4), dtype=np.uint8))


def test_realisations_show_the_tiles_and_a_line_of_length_l():
    sources = tile_sources()
    figure = plot_realisations({"rock": sources})
    shown = [axes for axes in figure.axes if axes.images]
    per_source = len(shown) // len(sources)
    assert per_source >= 4
    for place, axes in enumerate(shown):
        tiles = list(sources.values())[place // per_source].images
        assert any(np.array_equal(axes.images[0].get_array(), tile) for tile in tiles)
    assert len({axes.images[0].get_array().tobytes() for axes in shown}) == len(shown)
    line = shown[0].lines[0]
    length = np.ptp(line.get_xdata()) + np.ptp(line.get_ydata())
    lineal = describe(sources["real"].images[:1], ["L"], n_lags=64)["L"][0]
    assert lineal[int(length) - 1] > 0 and lineal[int(length)] == 0


def test_the_scale_bar_has_the_length_it_says():
    figure = plot_realisations({"rock": tile_sources(["real"])})
    axes = next(axes for axes in figure.axes if axes.patches)
    label = next(text.get_text() for text in axes.texts)
    bar = axes.lines[-1]
    assert np.ptp(bar.get_xdata()) * 0.2 == pytest.approx(float(label.removesuffix(" µm")))


def test_tiles_without_the_phase_are_shown_without_a_line():
    empty = Tiles(np.zeros((5, 32, 32), np.uint8), 200.0)
    figure = plot_realisations({"rock": {"real": empty, "gan/1": empty}})
    assert sum(len(axes.lines) for axes in figure.axes) == 1  # the scale bar


# --- figure 1


def test_each_shape_stands_at_vertices_of_its_descriptor():
    tile = example_results.tiles(3)[0]
    placed = place_shapes(tile)
    assert set(placed) == set(SHAPES)
    for name, shape in placed.items():
        corner = shape.vertices.min(axis=0)
        if name == "L":
            expected = np.stack([np.zeros(shape.edge + 1), np.arange(shape.edge + 1)], axis=1)
        else:
            expected = vertex_offsets(POLYTOPES[name], shape.edge)
        assert (shape.vertices - corner == expected).all()
        assert (shape.inside == (tile[tuple(shape.vertices.T)] == 1)).all()


def test_shapes_stand_apart_and_off_the_frame():
    tile = example_results.tiles(4)[0]
    covered = np.zeros(tile.shape, int)
    for shape in place_shapes(tile).values():
        (top, left), (bottom, right) = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
        covered[top : bottom + 1, left : right + 1] += 1
    assert covered.max() == 1
    assert not covered[[0, -1]].any() and not covered[:, [0, -1]].any()


def test_in_a_full_tile_all_vertices_of_the_largest_shapes_lie_in_the_phase():
    placed = place_shapes(np.ones((96, 96), np.uint8))
    assert set(placed) == set(SHAPES)
    assert all(shape.inside.all() and shape.edge == 19 for shape in placed.values())


def test_in_an_empty_tile_shapes_stand_with_hollow_vertices():
    placed = place_shapes(np.zeros((96, 96), np.uint8))
    assert placed and not any(shape.inside.any() for shape in placed.values())


def test_shapes_are_drawn_on_a_tile_of_about_the_mean_phase_fraction():
    tiles = example_results.tiles(5, n=20)
    fractions = tiles.mean(axis=(1, 2))
    figure = plot_shapes({"rock": Tiles(tiles, 200.0)})
    (axes,) = figure.axes
    drawn = axes.images[0].get_array()
    ranks = np.argsort(np.argsort(np.abs(fractions - fractions.mean())))
    assert min(rank for rank, tile in zip(ranks, tiles, strict=True) if (tile == drawn).all()) < 5
    for name, shape in place_shapes(np.asarray(drawn)).items():
        (line,) = (line for line in axes.lines if line.get_gid() == name)
        corners = {tuple(place) for place in shape.vertices[:, ::-1]}
        assert set(zip(*line.get_data(), strict=True)) <= corners
    assert "[px]" in axes.get_xlabel() and "[µm]" in axes.child_axes[0].get_xlabel()
    assert "$P_{6}$: hexagon" in text_of(figure)


# --- figure 6


def diagnosis_table(where="S2V, lag 21 px, half-width 4 px", verdict="found"):
    line = {"diagnosis": "repeated_pattern", "value": 9.0, "threshold": 4.0}
    lines = [
        {"method": "real", "replicate": np.nan, **line, "where": "", "verdict": "not found"},
        {"method": "gan", "replicate": 2, **line, "where": where, "verdict": verdict},
        {"method": "gan", "replicate": 2, **line, "diagnosis": "edge_excess", "where": "top",
         "verdict": "not found"},
    ]  # fmt: skip
    return pd.DataFrame(lines)


def test_repetition_is_read_from_the_diagnosis():
    found = repetition_of(diagnosis_table())
    assert found["gan/2"] == Repetition("found", "S2V", 21)
    assert not found["real"].found
    unable = repetition_of(diagnosis_table("20 generated tiles, at least 30", "cannot tell"))
    assert unable["gan/2"] == Repetition("cannot tell")


def test_repetition_is_read_from_what_the_diagnosis_really_writes():
    """Tiles that repeat every 20 px along rows, among real ones that repeat nowhere."""
    real = example_results.tiles(1, n=100, size=48)
    made = np.tile(example_results.tiles(2, n=40, size=48)[:, :, :20], (1, 1, 3))[:, :, :48]
    table = diagnose(np.ascontiguousarray(made), real[:64], real[64:], seed=0)
    table.insert(0, "method", "gan")
    table.insert(1, "replicate", 1)
    assert repetition_of(table)["gan/1"] == Repetition("found", "S2H", 20)


@pytest.mark.parametrize(
    ("direction", "step"), [("S2H", (0, 1)), ("S2V", (1, 0)), ("S2D+", (1, 1)), ("S2D-", (1, -1))]
)
def test_marks_lie_on_what_repeats(direction, step):
    """One pattern set twice, a lag apart, into noise."""
    rng = np.random.default_rng(0)
    image = (rng.random((64, 64)) < 0.1).astype(np.uint8)
    pattern = (rng.random((11, 11)) < 0.5).astype(np.uint8)
    here = np.array([12, 40 if direction == "S2D-" else 12])
    there = here + 24 * np.array(step)
    for top, left in (here, there):
        image[top : top + 11, left : left + 11] = pattern
    (first, *_) = most_alike(image, direction, 24)
    assert first[0] == pytest.approx(tuple(here + 5), abs=1)
    assert np.subtract(first[1], first[0]).tolist() == (24 * np.array(step)).tolist()


def test_nothing_is_marked_in_an_empty_tile_or_beyond_its_side():
    assert most_alike(np.zeros((64, 64), np.uint8), "S2H", 20) == []
    assert most_alike(np.ones((64, 64), np.uint8), "S2H", 63) == []


def test_repetition_is_marked_where_it_is_found_and_at_its_lag():
    tiles = np.tile(example_results.tiles(2)[:, :, :21], (1, 1, 4))[:, :, :64]
    sources = {"real": Tiles(tiles, 200.0), "gan/1": Tiles(tiles, 200.0)}
    found = {"real": Repetition("not found"), "gan/1": Repetition("found", "S2H", 21)}
    figure = plot_repetition({"rock": sources}, {"rock": found})
    titled = {
        axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_title(loc="left")
    }
    real, gan = (
        titled["real\nno repetition found"],
        titled["gan\nrepeats at r = 21 px\n= 4.2 µm, rows"],
    )
    assert len(real.patches) == 1  # the ground of the scale bar
    rings = [patch for patch in gan.patches if hasattr(patch, "radius")]
    assert len(rings) == 4
    for one, other in zip(rings[::2], rings[1::2], strict=True):
        assert np.subtract(other.center, one.center).tolist() == [21, 0]


# --- figure S1


def test_diversity_shows_the_curve_of_each_tile_it_shows():
    sources = {
        name: Described(tiles, describe(tiles.images, ["S2"])["S2"])
        for name, tiles in tile_sources(n=20).items()
    }
    figure = plot_diversity("rock", sources, n_tiles=9)
    curves = [axes for axes in figure.axes if axes.lines]
    assert len(curves) == len(sources)
    for axes, source in zip(curves, sources.values(), strict=True):
        assert len(axes.lines) == 9
        shown = {tuple(line.get_ydata()) for line in axes.lines}
        assert shown <= {tuple(curve) for curve in source.s2}
        assert "[px]" in axes.get_xlabel() and "[µm]" in axes.child_axes[0].get_xlabel()
    low, high = np.quantile(sources["real"].s2, [0.05, 0.95], axis=0)
    band = curves[1].collections[0].get_paths()[0].get_extents()
    assert (band.ymin, band.ymax) == pytest.approx((low.min(), high.max()))
    assert "(a) real\n9 tiles" in text_of(figure)


def test_a_montage_holds_every_tile_once():
    tiles = np.arange(1, 6)[:, None, None] * np.ones((5, 10, 10))
    picture = montage(tiles)
    assert picture.shape == (21, 32)  # two rows of three, gaps of 1 px
    assert [np.sum(picture == i) for i in range(1, 6)] == [100] * 5


# --- from the files


def test_tiles_come_from_the_heldout_lines_and_larger_ones_in_pieces(tmp_path):
    tiles = example_results.tiles(0, n=6, size=16)
    large = example_results.tiles(1, n=2, size=32)
    write_stack(tmp_path / "tiles.tif", tiles, 200.0)
    write_stack(tmp_path / "large.tif", large, 200.0)
    splits = ["train", "heldout", "gap", "heldout", "validation", "train"]
    pd.DataFrame({"split": splits}).to_csv(tmp_path / "tiles.csv", index=False)
    read = tiles_by_sample(
        ["rock"],
        ["sa/1"],
        [tmp_path / "tiles.tif"],
        [tmp_path / "tiles.csv"],
        [tmp_path / "large.tif"],
    )["rock"]
    assert np.array_equal(read["real"].images, tiles[[1, 3]])
    assert read["sa/1"].images.shape == (8, 16, 16)
    assert np.array_equal(read["sa/1"].images[1], large[0, :16, 16:])
    assert read["real"].pixel_size_nm == read["sa/1"].pixel_size_nm == 200.0
    assert len(tifffile.imread(tmp_path / "tiles.tif")) == 6


def test_trainings_are_named_by_sample_and_method_and_replicates_where_there_are_several():
    methods = (("gan", 1), ("wgan", 1), ("wgan", 2))
    labels = labels_of([(sample, "comparison", *one, "") for sample in "ab" for one in methods])
    assert labels[:3] == ["a, gan", "a, wgan/1", "a, wgan/2"] and len(set(labels)) == 6


def test_what_is_copied_is_coloured_by_place_and_the_rest_is_gray():
    tile = np.indices((6, 6)).sum(axis=0) % 2
    origin = np.full((6, 6), -1)
    origin[:3], origin[3, :2] = 7, 9
    image = coloured(tile, origin)
    spread = np.ptp(image, axis=2)
    assert (spread[origin < 0] == 0).all() and (spread[origin >= 0] > 0.05).all()
    assert (image[tile == 1].sum(axis=1).min() > image[tile == 0].sum(axis=1).min()).all()
    one, other = (image[(origin == place) & (tile == 1)][0] for place in (7, 9))
    assert not np.allclose(one, other)


def test_the_map_of_copies_names_sources_and_shares():
    tiles = np.zeros((2, 48, 48), np.uint8)
    maps = {name: Map(tiles, np.full(tiles.shape, -1)) for name in ("real", "sa/1")}
    said = text_of(plot_novelty({"rock": maps}, {"rock": example_results.novelty()}))
    assert "rock: copied in pieces of 24 px" in said
    assert "real\n19% copied" in said and "sa\n65% copied" in said
    nothing = example_results.novelty().assign(copied=np.nan)
    assert "sa\nnothing tells" in text_of(plot_novelty({"rock": maps}, {"rock": nothing}))
    assert any("no sample" in one for one in text_of(plot_novelty({}, {})))


def test_a_drawn_mosaic_stands_beside_a_part_of_it():
    whole = np.zeros((500, 1000), np.uint8)
    drawn = Drawn(whole, (1000, 2000), whole[:320, :320], (340, 840), 50.0)
    figure = plot_mosaics({"rock, quilting": drawn})
    said = text_of(figure)
    assert "(a) rock, quilting: 1000 × 2000 px" in said and "(b) row 340, column 840" in said
    (frame,) = figure.axes[0].patches
    assert frame.get_xy() == (419.5, 169.5) and frame.get_width() == 160

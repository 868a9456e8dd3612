"""Synthetic rocks are what they claim: fraction, fabric, connectivity, labels true to the truth,
and more structure than their two-point correlation tells."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import label, regionprops_table

from rockrec.annealing import anneal
from rockrec.descriptors import describe
from rockrec.synthetic import RECIPES, make_rock
from rockrec.tiles import keep_fraction

KINDS = {"pores": 0.05, "fractures": 0.35}


@pytest.fixture(scope="module", params=KINDS)
def rock(request):
    return request.param, make_rock(request.param, 1280, 2560, seed=1)


def test_arrays_are_8_bit_of_the_shape_asked_for(rock):
    _, made = rock
    for array in (made.truth, made.gray, made.labels):
        assert array.dtype == np.uint8 and array.shape == (1280, 2560)
    assert set(np.unique(made.truth)) == {0, 1}


def test_phase_fraction(rock):
    kind, made = rock
    assert made.truth.mean() == pytest.approx(KINDS[kind], rel=0.03)


def test_every_part_of_the_mosaic_is_the_same_rock(rock):
    kind, made = rock
    parts = [part.mean() for half in np.split(made.truth, 2) for part in np.split(half, 4, 1)]
    assert np.abs(np.array(parts) / KINDS[kind] - 1).max() < 0.1
    border = np.concatenate([made.truth[:24].ravel(), made.truth[-24:].ravel()])
    assert border.mean() == pytest.approx(KINDS[kind], rel=0.25)


def test_pores_are_isolated_elongated_and_oblique():
    truth = make_rock("pores", 1024, 1024, seed=3).truth
    pores = regionprops_table(
        label(truth, connectivity=2),
        properties=("area", "axis_major_length", "axis_minor_length"),
    )
    assert np.quantile(pores["area"], 0.99) < 200  # px: none of them a cluster
    whole = pores["area"] > 40  # not cut by the border
    assert np.median(pores["axis_major_length"][whole] / pores["axis_minor_length"][whole]) > 2.5


def test_pores_lie_along_25_degrees():
    truth = make_rock("pores", 1024, 1024, seed=3).truth
    angles = np.arange(-90, 90, 5)
    same = []
    for angle in angles:  # share of pores that hold both ends of a 10 px stick at this angle
        down, right = -10 * np.sin(np.radians(angle)), 10 * np.cos(np.radians(angle))
        moved = ndimage.shift(truth, (down, right), order=0)
        same.append(np.mean(truth & moved))
    assert 15 <= angles[np.argmax(same)] <= 35
    assert max(same) > 4 * min(same)


def test_fractures_are_one_network_of_several_widths():
    truth = make_rock("fractures", 1024, 1024, seed=3).truth
    pieces, _ = ndimage.label(truth)
    largest = np.bincount(pieces.ravel())[1:].max()
    assert largest > 0.95 * truth.sum()
    depth = ndimage.distance_transform_edt(truth)
    ridge = (depth == ndimage.maximum_filter(depth, 5)) & (depth > 1)
    widths = 2 * depth[ridge]
    assert np.quantile(widths, 0.1) < 8 and np.quantile(widths, 0.9) > 14  # px


def test_labels_are_sparse_true_and_everywhere(rock):
    _, made = rock
    assert 0.002 < np.mean(made.labels > 0) < 0.05
    assert made.truth[made.labels == 1].all()
    assert not made.truth[made.labels == 2].any()
    for part in np.split(made.labels, 8, axis=1):
        assert np.count_nonzero(part == 1) > 100 and np.count_nonzero(part == 2) > 100


def test_no_threshold_segments_the_gray_image(rock):
    _, made = rock
    truth = made.truth.astype(bool)
    blurred = ndimage.gaussian_filter(made.gray.astype(float), 1.0)
    best = 0.0
    for level in np.arange(20, 160, 4):
        found = blurred < level
        best = max(best, (found & truth).sum() / (found | truth).sum())
    assert best < 0.85
    # but the two classes do differ:
    assert made.gray[truth].mean() < made.gray[~truth].mean() - 25


def test_there_is_more_than_the_two_point_correlation(rock):
    _, made = rock
    corners = [(row, column) for row in range(0, 1280, 128) for column in range(0, 2560, 128)]
    tiles = np.stack([keep_fraction(made.truth[r : r + 128, c : c + 128], 64) for r, c in corners])
    functions = ("S2", "P3H", "P3V", "P4", "L")
    real = describe(tiles, functions)
    annealed = anneal({"S2": real["S2"].mean(axis=0)}, (64, 64), float(tiles.mean()), n=32, seed=1)
    found = describe(annealed.realisations, functions)
    ratio = {}
    for name in functions:
        floor = np.mean(real[name].var(axis=0, ddof=1) * 2 / 128)
        ratio[name] = np.mean((real[name].mean(axis=0) - found[name].mean(axis=0)) ** 2) / floor
    assert ratio.pop("S2") < 0.5
    assert min(ratio.values()) > 10, ratio


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_pixels(kind):
    first, again, other = (make_rock(kind, 200, 300, seed) for seed in (5, 5, 6))
    for name in ("truth", "gray", "labels"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name))


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="kind 'granite' is none of pores, fractures"):
        make_rock("granite", 256, 256, 1)
    with pytest.raises(ValueError, match="at least 128 x 128 px, not 100 x 256"):
        make_rock("pores", 100, 256, 1)
    assert set(RECIPES) == set(KINDS)

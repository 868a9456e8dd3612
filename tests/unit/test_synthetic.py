"""Built-in rocks are what they claim: fraction, fabric, connectivity, labels true to the truth,
more structure than their two-point correlation tells, and the same whatever piece is made."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import label, regionprops_table
from skimage.morphology import skeletonize

from rockrec.annealing import anneal
from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.synthetic import RockVariant, make_rock, rock_in_bands
from rockrec.synthetic.plane import Piece, smooth_noise
from rockrec.synthetic.pores import draw_pores
from rockrec.tiles import keep_fraction

KINDS = {"pores": 0.05, "fractures": 0.35}


@pytest.fixture(scope="module", params=KINDS)
def rock(request):
    return request.param, make_rock(request.param, 1280, 2560, seed=1)


@pytest.fixture(scope="module")
def pores():
    """Rows of area, elongation, orientation (degrees, counter-clockwise) and grain of pores."""
    truth, hosts = draw_pores(3, Piece(0, 0, 1536, 1536), RockVariant())
    names = ("area", "axis_major_length", "axis_minor_length", "orientation", "centroid")
    found = regionprops_table(label(truth, connectivity=2), properties=names)
    row, column = (found[f"centroid-{axis}"].round().astype(int) for axis in (0, 1))
    elongation = found["axis_major_length"] / np.maximum(found["axis_minor_length"], 1.0)
    angle = np.degrees(found["orientation"]) + 90
    return found["area"], elongation, angle, hosts.owner[row, column], hosts


def test_arrays_are_8_bit_of_the_shape_asked_for(rock):
    _, made = rock
    for array in (made.truth, made.gray, made.labels):
        assert array.dtype == np.uint8 and array.shape == (1280, 2560)
    assert set(np.unique(made.truth)) == {0, 1}


def test_phase_fraction_is_the_usual_one_and_free_from_mosaic_to_mosaic(rock):
    kind, made = rock
    assert made.truth.mean() == pytest.approx(KINDS[kind], rel=0.15)
    other = make_rock(kind, 1280, 1280, seed=2).truth.mean()
    assert other == pytest.approx(KINDS[kind], rel=0.3)
    assert abs(other / made.truth.mean() - 1) > 1e-3


def test_every_part_of_the_mosaic_is_the_same_rock(rock):
    kind, made = rock
    whole = made.truth.mean()
    border = np.concatenate([made.truth[:24].ravel(), made.truth[-24:].ravel()])
    assert border.mean() == pytest.approx(whole, rel=0.35)
    changes = made.truth[:, 1:] != made.truth[:, :-1]
    assert changes[:, 511::512].mean() < 1.5 * changes.mean(), "seams of the blocks it is made of"
    changes = made.truth[1:] != made.truth[:-1]
    assert changes[511::512].mean() < 1.5 * changes.mean()


def test_pores_have_areas_over_two_decades_and_elongations_from_1_to_6(pores):
    area, elongation, *_ = pores
    few, many = np.quantile(area, [0.01, 0.99])
    assert few <= 7 and many > 300 and many / few > 50
    assert 1.0 < np.std(np.log(area)) < 1.35, "log-normal, less the smallest"
    low, middle, high = np.quantile(elongation[area >= 30], [0.05, 0.5, 0.95])
    assert low < 1.5 and 2 < middle < 4 and 4.5 < high < 7


def test_pores_follow_the_lattice_of_their_grain(pores):
    area, elongation, angle, grain, _ = pores
    long = (area >= 30) & (elongation > 1.8)
    turn, grain = np.exp(2j * np.radians(angle[long])), grain[long]
    assert np.degrees(np.angle(turn.mean())) / 2 == pytest.approx(25, abs=8)
    own = [turn[grain == one] for one in np.unique(grain)]
    alike = np.mean([np.abs(some.mean()) for some in own if len(some) >= 5])
    shuffled = np.random.default_rng(0).permutation(turn)
    chance = np.mean(
        [np.abs(shuffled[grain == one].mean()) for one in np.unique(grain) if sum(grain == one) > 4]
    )
    assert np.abs(turn.mean()) < alike - 0.1 and alike > chance + 0.05


def test_some_grains_are_full_of_pores_and_some_have_none(pores):
    *_, grain, hosts = pores
    sizes = np.bincount(hosts.owner.ravel(), minlength=len(hosts.centres))
    large = np.flatnonzero(sizes > 8000)
    per_grain = np.bincount(grain, minlength=len(sizes))[large]
    assert np.mean(per_grain <= 1) > 0.04 and np.quantile(per_grain, 0.9) > 15


def skeleton_of(truth):
    """The skeleton of fractures, and how many neighbours each of its pixels has there."""
    lines = skeletonize(truth.astype(bool))
    return lines, ndimage.convolve(lines.astype(int), np.ones((3, 3), int)) - 1


def test_fractures_are_a_network_of_several_widths_and_kinds_of_ends():
    truth = make_rock("fractures", 1024, 1024, seed=3).truth
    pieces, _ = ndimage.label(truth)
    assert np.bincount(pieces.ravel())[1:].max() > 0.95 * truth.sum()
    lines, neighbours = skeleton_of(truth)
    widths = 2 * ndimage.distance_transform_edt(truth)[lines & (neighbours == 2)]
    low, high = np.quantile(widths, [0.1, 0.9])
    assert low < 6 and high > 14  # px
    assert np.mean(widths < 2) < 0.01, "all of them outlast a halved mosaic"
    assert np.sum(lines & (neighbours == 1)) > 20, "dead ends"
    relics, _ = ndimage.label(1 - truth)
    relics = np.bincount(relics.ravel())[1:]
    assert np.sum(relics > 400) > 80 and relics.max() < 0.1 * truth.size, "a mesh all over"


def test_younger_fractures_end_at_older_ones():
    lines, neighbours = skeleton_of(make_rock("fractures", 1536, 1536, seed=4).truth)
    near, n = ndimage.label(ndimage.binary_dilation(lines & (neighbours > 2), iterations=2))
    arms, _ = ndimage.label(lines & (near == 0), np.ones((3, 3)))
    around = ndimage.grey_dilation(near, size=(3, 3))
    touching = np.unique(np.stack([around, arms])[:, (around > 0) & (arms > 0)], axis=1)
    of_junction = np.bincount(touching[0], minlength=n + 1)[1:]
    three, four = (of_junction == 3).sum(), (of_junction == 4).sum()
    assert three > 4 * four > 0, "T-junctions, and some crossings of late veins"


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_the_same_whatever_the_mosaic_and_the_threads(kind):
    small, large = make_rock(kind, 600, 540, seed=5), make_rock(kind, 700, 1100, seed=5)
    for name in ("truth", "gray"):
        assert np.array_equal(getattr(small, name), getattr(large, name)[:600, :540])
    bands = rock_in_bands(kind, 700, 1100, 5)
    for name in ("truth", "gray", "labels"):
        made = list(bands[name](2))
        assert [len(band) for band in made] == [512, 188]
        assert np.array_equal(np.concatenate(made), getattr(large, name))
    other = make_rock(kind, 600, 540, seed=6)
    assert not np.array_equal(other.truth, small.truth)


def test_noise_of_the_plane_is_smooth_of_unit_variance_and_the_same_in_any_piece():
    whole = smooth_noise(7, 3, Piece(-400, -300, 800, 900), 8.0)
    part = smooth_noise(7, 3, Piece(-30, 11, 200, 100), 8.0)
    assert np.allclose(part, whole[370:570, 311:411], atol=1e-5)
    assert whole.mean() == pytest.approx(0, abs=0.05) and whole.std() == pytest.approx(1, abs=0.05)
    assert np.abs(np.diff(whole, axis=0)).max() < 1.0
    assert not np.allclose(whole, smooth_noise(7, 4, Piece(-400, -300, 800, 900), 8.0))


@pytest.mark.parametrize(("kind", "wanted"), [("pores", 0.15), ("fractures", 0.5)])
def test_phase_fraction_can_be_asked_for(kind, wanted):
    made = make_rock(kind, 1024, 1024, 1, RockVariant(phase_fraction=wanted))
    assert made.truth.mean() == pytest.approx(wanted, rel=0.2)


@pytest.mark.parametrize("kind", KINDS)
def test_larger_features_are_the_same_rock_enlarged(kind):
    usual = make_rock(kind, 768, 768, 1).truth
    large = make_rock(kind, 1536, 1536, 1, RockVariant(feature_size=2.0)).truth
    # Pores are drawn by pixels and noise by its own places: nearly, not exactly.
    assert np.mean(large[::2, ::2] != usual) < 0.35 * usual.mean()


def test_without_anisotropy_pores_lie_in_all_directions():
    truth = make_rock("pores", 1536, 1536, 3, RockVariant(anisotropy=0.0)).truth
    found = regionprops_table(label(truth, connectivity=2), properties=("area", "orientation"))
    turn = np.exp(2j * found["orientation"][found["area"] > 40])
    assert np.abs(turn.mean()) < 0.2


def test_the_microscope_can_be_varied():
    usual = make_rock("pores", 512, 1536, 1)
    plain = RockVariant(noise=0, shading=0, charging=0)
    clean = make_rock("pores", 512, 1536, 1, plain)
    assert np.array_equal(clean.truth, usual.truth)
    grainless = np.std(np.diff(clean.gray[::7].astype(float)))
    assert grainless < 0.6 * np.std(np.diff(usual.gray[::7].astype(float)))

    faint = make_rock("pores", 512, 1536, 1, RockVariant(contrast=0.5, noise=0, shading=0))
    depth = [np.median(one.gray[usual.truth == 0]) - 42.0 for one in (clean, faint)]
    assert depth[1] == pytest.approx(0.5 * depth[0], rel=0.1)

    dark = make_rock(
        "pores", 512, 1536, 1, RockVariant(noise=0, shading=0, charging=0, tile_shading=60)
    )
    change = clean.gray.astype(int) - dark.gray
    assert change[500:, 500:524].mean() < 20 < 25 < change[:12, 1018:1030].mean()

    rim = make_rock("pores", 512, 1536, 1, RockVariant(rim=30))
    inside = slice(30, -30)
    for name in ("truth", "gray", "labels"):
        made = getattr(rim, name)
        assert np.array_equal(made[inside, inside], getattr(usual, name)[inside, inside])
        assert not made[:30].any() and not made[-30:].any()
        assert not made[:, :30].any() and not made[:, -30:].any()


def test_labels_are_sparse_true_and_everywhere(rock):
    _, made = rock
    assert 0.002 < np.mean(made.labels > 0) < 0.05
    assert made.truth[made.labels == 1].all()
    assert not made.truth[made.labels == 2].any()
    for part in np.split(made.labels, 4, axis=1):
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


def test_tiles_annealed_to_s2_differ_from_real_ones(rock):
    _, made = rock
    corners = [(row, column) for row in range(0, 1280, 128) for column in range(0, 2560, 128)]
    tiles = np.stack([keep_fraction(made.truth[r : r + 128, c : c + 128], 64) for r, c in corners])
    real = describe_set(tiles, 1.0, "unbiased")
    target = {"S2": real["S2"].mean(axis=0)}
    annealed = anneal(target, (64, 64), float(tiles.mean()), n=128, seed=1)
    errors = compare_sets(
        describe_set(annealed.realisations, 1.0, "unbiased"),
        real,
        against="train",
        method="sa",
        replicate="1",
        targeted=["S2", "phase_fraction"],
        seed=1,
        floor_source=real,
        permutations=1999,
    )
    p = errors.query("form in ('mean', 'pooled')").set_index(["quantity", "descriptor"])["p"]
    assert p["P", "S2"] > 0.05, "what it was annealed to it has"
    assert min(p["P", "L"], *p["F"][["P3H", "P3V", "P4"]]) < 0.01, p


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="kind 'granite' is none of pores, fractures"):
        make_rock("granite", 256, 256, 1)
    with pytest.raises(ValueError, match="at least 128 x 128 px, not 100 x 256"):
        make_rock("pores", 100, 256, 1)
    with pytest.raises(
        ValueError, match="phase_fraction 0.1: the fractures.*at least 0.2 of a rock"
    ):
        make_rock("fractures", 256, 256, 1, RockVariant(phase_fraction=0.1))

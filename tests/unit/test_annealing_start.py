"""What an annealing begins with, and the temperature that is found by trial."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.annealing import anneal
from rockrec.annealing.schedule import temperature_for
from rockrec.annealing.start import gaussian_start, with_pixels
from rockrec.annealing.targets import targets_of
from rockrec.descriptors import describe
from rockrec.minkowski import euler_number, perimeter


def rocks(n=6, side=32, width=2.0):
    noise = np.random.default_rng(0).standard_normal((n, side, side))
    smooth = gaussian_filter(noise, (0, width, width), mode="wrap")
    levels = np.linspace(-0.04, 0.04, n)[np.random.default_rng(1).permutation(n)]
    return (smooth > levels[:, None, None]).astype(np.uint8)


def test_a_gaussian_field_that_is_cut_has_the_s2_asked_for():
    tiles = rocks(8, 128, 3.0)
    s2 = describe(tiles, ["S2"])["S2"].mean(axis=0)
    rng = np.random.default_rng(0)
    made = np.stack([gaussian_start(s2, (128, 128), round(s2[0] * 128**2), rng) for _ in range(8)])
    np.testing.assert_allclose(describe(made, ["S2"])["S2"].mean(axis=0), s2, atol=0.015)
    assert (made.sum(axis=(1, 2)) == round(s2[0] * 128**2)).all()


@pytest.mark.parametrize("n_pixels", [0, 256])
def test_a_gaussian_start_of_one_phase(n_pixels):
    made = gaussian_start(np.full(8, 0.5), (16, 16), n_pixels, np.random.default_rng(0))
    assert made.sum() == n_pixels


@pytest.mark.parametrize("n_pixels", [0, 10, 500, 512, 530, 1000, 1024])
def test_a_phase_grows_and_shrinks_at_its_interface(n_pixels):
    image = rocks(1)[0]
    changed = with_pixels(image, n_pixels, np.random.default_rng(0))
    assert changed.sum() == n_pixels
    lost, won = image & ~changed & 1, changed & ~image & 1
    assert not (lost.any() and won.any())


def test_a_cold_annealing_of_images_keeps_them():
    tiles = rocks()
    targets, fractions = targets_of(tiles, range(6), ("S2", "P4"), target="tile", n=6, seed=0)
    start = tiles[::-1].copy()
    made = anneal(
        targets,
        (32, 32),
        fractions,
        n=6,
        seed=0,
        start=start,
        initial_temperature=None,
        stages=5,
        moves_per_stage=20,
    ).realisations
    assert (made != start).mean() < 0.25
    random = anneal(targets, (32, 32), fractions, n=6, seed=0, stages=5, moves_per_stage=20)
    assert (random.realisations != start).mean() > 0.4


def test_an_image_that_has_the_targets_already_is_returned_as_it_is():
    tile = rocks(1)
    targets = {"S2": describe(tile, ["S2"])["S2"][0]}
    made = anneal(targets, (32, 32), tile.mean(), n=1, seed=0, start=tile)
    assert np.array_equal(made.realisations, tile) and made.history.empty


def test_images_are_held_to_their_own_curves_shifted_to_the_mean_of_the_tiles():
    tiles, start = rocks(6), rocks(5, width=1.5)
    names = ("S2", "C2", "euler_number", "perimeter")
    targets, fractions = targets_of(tiles, range(6), names, target="tile", n=7, seed=0, start=start)
    assert fractions[:5].mean() == pytest.approx(tiles.mean())
    np.testing.assert_allclose(np.diff(fractions[:5]), np.diff(start.mean(axis=(1, 2))))
    assert fractions[5:].tolist() == fractions[:2].tolist()
    for name in ("S2", "C2"):
        wanted = describe(tiles, [name])[name].mean(axis=0)
        np.testing.assert_allclose(targets[name][:5].mean(axis=0), wanted, atol=1e-9)
        assert (targets[name] <= fractions[:, None]).all()
    numbers = targets["euler_number"] * 32**2
    np.testing.assert_allclose(numbers, np.rint(numbers), atol=1e-9)
    assert abs(numbers[:5].mean() - euler_number(tiles).mean()) < 1
    assert targets["perimeter"][:5].mean() == pytest.approx(perimeter(tiles).mean())


def test_the_temperature_accepts_the_share_asked_for():
    rises = np.random.default_rng(0).exponential(1e-5, 4000)
    falls = -np.ones(1000)
    for share in (0.5, 0.1, 0.01):
        found = temperature_for(np.concatenate([falls, rises]), share)
        assert np.exp(-rises / found).mean() == pytest.approx(share, rel=1e-6)
    assert temperature_for(falls, 0.1) == 0.0


def test_a_trial_finds_the_temperature_at_which_so_many_rises_are_accepted():
    tiles = rocks(1, 64)
    targets = {"S2": describe(tiles, ["S2"])["S2"][0]}
    settings = dict(n=4, seed=0, initial_temperature=None, stages=1, moves_per_stage=2000)
    history = anneal(targets, (64, 64), tiles.mean(), **settings).history
    assert history["temperature"].nunique() == 4  # each image its own
    assert ((history["acceptance"] > 0.05) & (history["acceptance"] < 0.9)).all()

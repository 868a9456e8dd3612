"""Sampling: tiles that depend on seed and number alone; thresholds of a whole set."""

import numpy as np
import pytest
import torch

from rockrec.gans.networks import build
from rockrec.gans.sampling import (
    FORMAT,
    latents,
    load_model,
    sample,
    sample_larger,
    threshold,
)
from rockrec.gans.settings import as_dict, gan_settings
from rockrec.housekeeping.states import save_whole


@pytest.fixture
def model_file(tmp_path):
    return write_model(tmp_path, "dcgan")


def write_model(tmp_path, kind, **more):
    settings = gan_settings({"kind": kind, "latent": 12, "channels": 4, **more})
    generator = build(16, settings, seed=5).generator
    content = {
        "format": FORMAT,
        "settings": as_dict(settings),
        "size": 16,
        "phase_fraction": 0.25,
        "step": 7,
        "metrics": {"s2_error": 1e-3},
        "state_dict": generator.state_dict(),
    }
    save_whole(content, tmp_path / "model.pt")
    return tmp_path / "model.pt"


@pytest.mark.parametrize("kind", ["dcgan", "stylegan2_ada"])
def test_a_tile_never_depends_on_how_many_are_drawn(tmp_path, kind):
    model_file = write_model(tmp_path, kind)
    model = load_model(model_file)
    many = sample(model, 70, seed=1)
    assert many.shape == (70, 16, 16) and many.dtype == np.float32
    for n in (1, 31, 33):
        assert np.array_equal(sample(model, n, seed=1), many[:n])
    assert np.array_equal(sample(load_model(model_file), 70, seed=1), many)
    assert not np.array_equal(sample(model, 1, seed=2), many[:1])
    assert sample(model, 0, seed=1).shape == (0, 16, 16)


def test_latents_are_standard_normal():
    drawn = latents(500, 100, seed=0)
    assert drawn.shape == (500, 100)
    assert abs(drawn.mean().item()) < 0.02 and abs(drawn.std().item() - 1) < 0.02


def test_models_carry_what_is_known_of_them(model_file):
    model = load_model(model_file)
    assert (model.size, model.step, model.phase_fraction) == (16, 7, 0.25)
    assert model.metrics == {"s2_error": 1e-3}
    assert not model.generator.training


def test_the_same_model_is_the_same_file(model_file, tmp_path):
    content = torch.load(model_file, weights_only=True)
    save_whole(content, tmp_path / "another_name.pt")
    assert (tmp_path / "another_name.pt").read_bytes() == model_file.read_bytes()


@pytest.mark.parametrize("content", [{"format": 0}, [1, 2]])
def test_files_that_are_no_models_are_named(tmp_path, content):
    save_whole(content, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"other\.pt"):
        load_model(tmp_path / "other.pt")


def test_broken_files_are_named(tmp_path):
    (tmp_path / "broken.pt").write_bytes(b"not a model")
    with pytest.raises(ValueError, match=r"broken\.pt"):
        load_model(tmp_path / "broken.pt")


def test_phase_fraction_is_that_of_the_set_to_the_pixel():
    gray = np.random.default_rng(0).normal(size=(9, 16, 16))
    gray[0] += 5  # one tile nearly all phase: the threshold is the set's, not the tile's
    for fraction in (0.0, 0.05, 0.352, 1.0):
        tiles = threshold(gray, "phase_fraction", fraction)
        assert tiles.sum() == round(fraction * gray.size)
        if 0 < fraction < 1:
            assert gray[tiles == 1].min() > gray[tiles == 0].max()


def test_equal_grays_stay_together():
    gray = np.array([[[-1.0, -1.0, -1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]])
    assert threshold(gray, "phase_fraction", 0.55).sum() == 4
    assert threshold(gray, "phase_fraction", 0.3).sum() == 4
    assert threshold(gray, "phase_fraction", 0.1).sum() == 0
    assert threshold(gray, "phase_fraction", 0.95).sum() == 8


def test_zero_and_otsu():
    gray = np.concatenate([np.full(60, 0.3), np.full(40, 0.8)]).reshape(1, 10, 10)
    assert threshold(gray, "zero").mean() == 1.0
    assert threshold(gray, "otsu").mean() == 0.4
    assert threshold(-gray, "zero").mean() == 0.0


@pytest.mark.parametrize("how", ["otsu", "zero", "phase_fraction"])
def test_a_collapsed_generator_gives_tiles_and_no_crash(how):
    tiles = threshold(np.full((3, 16, 16), -1.0, np.float32), how, 0.2)
    assert tiles.dtype == np.uint8 and tiles.sum() == 0


def test_bad_thresholds_are_named():
    with pytest.raises(ValueError, match="median"):
        threshold(np.zeros((1, 2, 2)), "median")
    for fraction in (None, -0.1, 1.5):
        with pytest.raises(ValueError, match="phase_fraction"):
            threshold(np.zeros((1, 2, 2)), "phase_fraction", fraction)


def test_larger_images_come_from_a_grid_of_latents_and_vary_as_tiles_do(model_file):
    model = load_model(model_file)
    large = sample_larger(model, 6, 64, seed=1)
    assert large.shape == (6, 64, 64)
    assert np.array_equal(sample_larger(model, 2, 64, seed=1), large[:2])
    tiles = sample(model, 96, seed=1)
    assert 0.7 < large.std() / tiles.std() < 1.4
    # No place is special: rows of the inside have the same mean level.
    assert np.ptp(large.mean(axis=(0, 2))) < 4 * large.std() / np.sqrt(6)
    with pytest.raises(ValueError, match="size 40 px is no whole multiple of the tile's, 16 px"):
        sample_larger(model, 1, 40, seed=1)


def test_truncated_tiles_are_more_alike(tmp_path):
    # Of one start and without noise tiles differ by their styles only, which truncation pulls.
    styles_only = {"start": "learnt", "noise_strength": 0.0}
    model = load_model(write_model(tmp_path, "stylegan2_ada", **styles_only))
    full, same, half = (sample(model, 64, 1, psi) for psi in (1.0, 1.0, 0.3))
    assert np.array_equal(full, same)
    assert half.std(axis=0).mean() < 0.6 * full.std(axis=0).mean()


def test_a_network_without_a_grid_of_latent_vectors_refuses_larger_images(tmp_path):
    model = load_model(write_model(tmp_path, "stylegan2_ada"))
    with pytest.raises(ValueError, match="size 32 px: stylegan2_ada draws .* only, 16 px"):
        sample_larger(model, 1, 32, seed=1)

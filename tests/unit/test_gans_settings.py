"""GAN settings: every mistake is named before any job starts."""

import pytest

from rockrec.gans.settings import BY_KIND, check_size, gan_settings


@pytest.mark.parametrize("kind", BY_KIND)
def test_defaults_are_complete_and_survive_the_round_trip(kind):
    settings = gan_settings({"kind": kind})
    assert gan_settings(settings.as_dict()) == settings


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ({"kind": "vae"}, "vae"),
        ({}, "None"),
        ({"kind": "dcgan", "step": 100}, "'step'"),
        ({"kind": "dcgan", "penalty": 10.0}, "penalty"),
        ({"kind": "wgan_gp", "penalty": 0}, "penalty"),
        ({"kind": "wgan_gp", "r1": 1.0}, "r1"),
        ({"kind": "dcgan", "r1": -1.0}, "r1"),
        ({"kind": "dcgan", "label_smoothing": 1.0}, "label_smoothing"),
        ({"kind": "dcgan", "spectral_norm": 1}, "spectral_norm"),
        ({"kind": "wgan_gp", "latent": 0}, "latent"),
        ({"kind": "wgan_gp", "batch": 2.5}, "batch"),
        ({"kind": "wgan_gp", "patience": 0}, "patience"),
        ({"kind": "wgan_gp", "initial_weights": "xavier"}, "initial_weights"),
        ({"kind": "wgan_gp", "upsampling": "nearest"}, "upsampling"),
        ({"kind": "wgan_gp", "threshold": 0}, "threshold"),
        ({"kind": "wgan_gp", "precision": "float16"}, "precision"),
        ({"kind": "wgan_gp", "learning_rate": "1e-4"}, "learning_rate"),
        ({"kind": "wgan_gp", "learning_rate": float("nan")}, "learning_rate"),
        ({"kind": "wgan_gp", "betas": [0.5]}, "betas"),
        ({"kind": "wgan_gp", "betas": 0.5}, "betas"),
        ({"kind": "wgan_gp", "betas": [0.5, 1.0]}, "betas"),
        ({"kind": "wgan_gp", "ema": 1.0}, "ema"),
        ({"kind": "wgan_gp", "pointwise": "yes"}, "pointwise"),
        ({"kind": "wgan_gp", "steps": 1490}, "multiple of check_every"),
        ({"kind": "wgan_gp", "steps": 2000}, "decay_to"),
        ({"kind": "wgan_gp", "decay_from": None}, "decay_from"),
        ({"kind": "wgan_gp", "decay_from": 1500}, "decay_from"),
    ],
)
def test_mistakes_are_named(block, named):
    with pytest.raises(ValueError, match=named):
        gan_settings(block)


def test_learning_rate_is_constant_then_falls_linearly_to_zero():
    block = {"kind": "wgan_gp", "learning_rate": 1.0, "steps": 50, "check_every": 50}
    settings = gan_settings({**block, "decay_from": 20, "decay_to": 100})
    assert [settings.rate_at(step) for step in (0, 20, 60, 80, 100)] == [1, 1, 0.5, 0.25, 0]
    constant = gan_settings({**block, "decay_from": None, "decay_to": None})
    assert constant.rate_at(10**6) == 1.0


@pytest.mark.parametrize("size", [16, 32, 64, 128, 512])
def test_sizes_that_can_be_drawn(size):
    check_size(size)


@pytest.mark.parametrize("size", [0, 8, 48, 100, 129])
def test_sizes_that_cannot(size):
    with pytest.raises(ValueError, match=str(size)):
        check_size(size)

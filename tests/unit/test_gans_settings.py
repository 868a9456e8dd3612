"""GAN settings: every mistake is named before any job starts."""

import pytest

from rockrec.gans.augmentation import shown_motions
from rockrec.gans.schedules import adam, ema_at, lazy, rate_at
from rockrec.gans.settings import as_dict, at_size, gan_settings
from rockrec.plain.network_sizes import check_size
from rockrec.plain.records.kinds import NETWORKS


@pytest.mark.parametrize("kind", NETWORKS)
def test_defaults_are_complete_and_survive_the_round_trip(kind):
    settings = gan_settings({"kind": kind})
    assert gan_settings(as_dict(settings)) == settings


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
        ({"kind": "wgan_gp", "batch": None}, "batch"),
        ({"kind": "stylegan2_ada", "upsampling": "blur"}, "upsampling"),
        ({"kind": "stylegan2_ada", "critic_steps": 2}, "critic_steps"),
        ({"kind": "stylegan2_ada", "mapping_layers": 0}, "mapping_layers"),
        ({"kind": "stylegan2_ada", "style_mixing": 1.1}, "style_mixing"),
        ({"kind": "stylegan2_ada", "noise_strength": -0.1}, "noise_strength"),
        ({"kind": "stylegan2_ada", "output": "sigmoid"}, "output"),
        ({"kind": "stylegan2_ada", "discriminator_width": 0}, "discriminator_width"),
        ({"kind": "stylegan2_ada", "unshuffle": 2}, "unshuffle"),
        ({"kind": "stylegan2_ada", "r1": -1}, "r1 must be 0 or more, or null"),
        ({"kind": "stylegan2_ada", "path_length_every": 0.5}, "path_length_every"),
        ({"kind": "stylegan2_ada", "ema_ramp": 0}, "ema_ramp"),
        ({"kind": "stylegan2_ada", "ada": ["hue"]}, "ada must be a list of flips"),
        ({"kind": "stylegan2_ada", "ada": "flips"}, "ada"),
        ({"kind": "stylegan2_ada", "ada_target": 1.0}, "ada_target"),
        ({"kind": "stylegan2_ada", "ada_images": 0}, "ada_images"),
    ],
)
def test_mistakes_are_named(block, named):
    with pytest.raises(ValueError, match=named):
        gan_settings(block)


def test_learning_rate_is_constant_then_falls_linearly_to_zero():
    block = {"kind": "wgan_gp", "learning_rate": 1.0, "steps": 50, "check_every": 50}
    settings = gan_settings({**block, "decay_from": 20, "decay_to": 100})
    assert [rate_at(settings, step) for step in (0, 20, 60, 80, 100)] == [1, 1, 0.5, 0.25, 0]
    constant = gan_settings({**block, "decay_from": None, "decay_to": None})
    assert rate_at(constant, 10**6) == 1.0


@pytest.mark.parametrize("size", [16, 32, 64, 128, 512])
def test_sizes_that_can_be_drawn(size):
    check_size(size)


@pytest.mark.parametrize("size", [0, 8, 48, 100, 129])
def test_sizes_that_cannot(size):
    with pytest.raises(ValueError, match=str(size)):
        check_size(size)


def stylegan2(**more):
    return gan_settings({"kind": "stylegan2_ada", **more})


AUTOMATIC = ("channels", "batch", "ema", "r1", "discriminator_rate")


@pytest.mark.parametrize(
    ("size", "channels", "batch"), [(64, 256, 32), (128, 128, 32), (512, 64, 8), (1024, 32, 4)]
)
def test_automatic_values_are_the_originals_for_the_size(size, channels, batch):
    settings = at_size(stylegan2(**dict.fromkeys(AUTOMATIC), learning_rate=0.002), size)
    assert (settings.channels, settings.batch) == (channels, batch)
    assert settings.r1 == pytest.approx(0.0002 * size**2 / batch)
    assert settings.discriminator_rate == 0.002
    # A half-life of batch * 10 / 32 thousand images
    half_life = batch * 10 / 32 * 1000 / batch
    assert settings.ema**half_life == pytest.approx(0.5)
    assert at_size(settings, size) == settings
    assert at_size(stylegan2(batch=12, r1=3.0), size).batch == 12


def test_rates_and_betas_are_corrected_for_lazy_updates():
    """In 16 steps 17 updates: Karras et al., 2020 a, appendix B."""
    block = {"learning_rate": 0.002, "betas": [0.0, 0.99], "discriminator_rate": None}
    corrected = stylegan2(**block, r1=1.0, r1_every=16, path_length=2.0, path_length_every=4)
    rate, betas = adam(corrected, "discriminator")
    assert rate == pytest.approx(0.002 * 16 / 17)
    assert betas == (0.0, pytest.approx(0.99 ** (16 / 17)))
    rate, betas = adam(corrected, "generator")
    assert (rate, betas[1]) == (pytest.approx(0.002 * 4 / 5), pytest.approx(0.99**0.8))
    assert (lazy(corrected, "discriminator"), lazy(corrected, "generator")) == (16, 4)
    plain = stylegan2(**block, r1=0.0, path_length=0.0)
    for player in ("generator", "discriminator"):
        assert adam(plain, player) == (0.002, (0.0, 0.99)) and lazy(plain, player) is None


def test_betas_are_floats_as_torch_wants_them():
    for kind in NETWORKS:
        assert all(
            type(beta) is float for beta in gan_settings({"kind": kind, "betas": [0, 0]}).betas
        )


def test_the_running_mean_is_short_at_first():
    settings = stylegan2(ema=0.99, ema_ramp=0.05)
    # Half-life 5 % of the steps so far: 1 after 20 steps.
    assert ema_at(settings, 19) == pytest.approx(0.5)
    assert ema_at(settings, 10_000) == pytest.approx(0.99)
    assert ema_at(settings, 0) < 1e-6
    assert ema_at(stylegan2(ema=0.99, ema_ramp=None), 0) == 0.99


def test_the_rock_is_asked_for_every_motion_that_is_shown():
    settings = stylegan2(augmentation=["half_turn", "flips"], ada=["flips", "rotation", "shifts"])
    assert shown_motions(settings) == ("half_turn", "flips", "rotation")

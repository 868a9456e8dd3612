"""Networks: the paper's sizes, the penalty's closed form, averaging, BatchNorm statistics."""

import pytest
import torch
from torch import nn

from rockrec.gans.averaging import RunningMean, ready_to_sample
from rockrec.gans.draws import Draws
from rockrec.gans.layers import NORMAL_STD, Blur, Generator
from rockrec.gans.networks import build
from rockrec.gans.penalties import gradient_penalty, r1_penalty
from rockrec.gans.settings import gan_settings
from rockrec.plain.records.kinds import NETWORKS

PAPER = {
    "kind": "wgan_gp",
    "latent": 512,
    "channels": 64,
    "upsampling": "transposed",
    "pointwise": True,
}


def parameters(network):
    return sum(weights.numel() for weights in network.parameters())


def small(kind="wgan_gp", **more):
    return gan_settings({"kind": kind, "latent": 8, "channels": 4, **more})


def test_the_papers_networks_have_their_known_numbers_of_parameters():
    networks = build(128, gan_settings(PAPER), seed=0)
    # By hand: 16 weights per pair of channels, 512-1024-512-256-128-64-1, one 64-64 of 1 x 1,
    # two numbers per normalised channel; the critic 1-64-128-256-512-1024-1.
    generator = 16 * (512 * 1024 + 1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64)
    generator += 64 * 64 + 2 * (1024 + 512 + 256 + 128 + 64 + 64)
    critic = 16 * (64 + 64 * 128 + 128 * 256 + 256 * 512 + 512 * 1024 + 1024)
    assert parameters(networks.generator) == generator == pytest.approx(19.5e6, rel=3e-3)
    assert parameters(networks.discriminator) == critic == pytest.approx(11.2e6, rel=5e-3)


def test_max_channels_caps_the_widths_of_large_tiles():
    with torch.device("meta"):
        full = Generator(512, gan_settings({**PAPER, "max_channels": 4096}))
        capped = Generator(512, gan_settings({**PAPER, "max_channels": 512}))
    assert parameters(full) == pytest.approx(212e6, rel=3e-3)
    assert parameters(capped) < 20e6
    assert max(m.num_features for m in capped if isinstance(m, nn.BatchNorm2d)) == 512


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *(
            (kind, {"upsampling": upsampling, "pointwise": True})
            for kind in ("dcgan", "wgan_gp")
            for upsampling in ("transposed", "resize", "blur")
        ),
        ("stylegan2_ada", {}),
        ("stylegan2_ada", {"start": "waves", "smooth_noise": True, "shown_s2": True}),
        ("stylegan2_ada", {"unshuffle": False, "discriminator_width": 1.0}),
    ],
)
@pytest.mark.parametrize("size", [16, 64])
def test_images_go_in_and_out_at_the_tile_size(kind, more, size):
    networks = build(size, small(kind, **more), seed=0)
    images = networks.generator(torch.randn(3, 8))
    assert images.shape == (3, 1, size, size)
    assert images.abs().max() <= 1
    assert networks.discriminator(images).shape == (3,)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *((kind, {}) for kind in NETWORKS),
        ("stylegan2_ada", {"start": "waves", "loss": "relativistic", "shown_s2": True}),
    ],
)
def test_every_weight_learns(kind, more):
    networks = build(32, small(kind, **more), seed=0)
    random = torch.Generator().manual_seed(0)
    real = torch.randint(0, 2, (6, 1, 32, 32), generator=random) * 2.0 - 1
    fake = networks.generator(torch.randn(6, 8, generator=random))
    networks.discriminator_loss(real, fake.detach(), Draws(0, batch=6))[0].backward()
    networks.generator_loss(fake, real, Draws(0, batch=6)).backward()
    for name, weights in networks.named_parameters():
        assert weights.grad is not None and weights.grad.abs().max() > 0, name


def test_no_convolution_has_a_bias_and_the_papers_weights_are_normal():
    networks = build(64, small(channels=16, initial_weights="normal"), seed=0)
    for module in networks.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            assert module.bias is None
            if module.weight.numel() > 4000:
                assert module.weight.std().item() == pytest.approx(NORMAL_STD, rel=0.05)
        if isinstance(module, nn.BatchNorm2d):
            assert torch.all(module.weight == 1) and torch.all(module.bias == 0)


@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
def test_he_weights_keep_the_signal_through_all_layers(upsampling):
    networks = build(128, small(channels=16, upsampling=upsampling), seed=0)
    random = torch.Generator().manual_seed(0)
    for layer in [*networks.generator, *networks.discriminator]:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            # Off the border, where every output pixel has all its inputs.
            signal = torch.randn(8, layer.in_channels, 24, 24, generator=random)
            power = layer(signal)[..., 4:-4, 4:-4].square().mean()
            assert power.item() == pytest.approx(2, rel=0.35 if layer.out_channels == 1 else 0.15)


def test_the_seed_decides_the_first_weights():
    one, same, other = (build(16, small(), seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["generator.0.weight"], other["generator.0.weight"])


def test_penalty_of_a_linear_critic_is_its_slope_minus_one_squared():
    weights = torch.arange(12.0).reshape(1, 1, 3, 4) / 10
    slope = weights.norm().item()

    def critic(images):
        return (images * weights).sum(dim=(1, 2, 3)) + 7

    random = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(5, 1, 3, 4, generator=random) for _ in range(2))
    penalty = gradient_penalty(critic, real, fake, Draws(0, batch=5))
    assert penalty.item() == pytest.approx((slope - 1) ** 2, rel=1e-5)


def test_penalty_is_taken_between_real_and_fake():
    # D = ‖x‖²/2 has the gradient x itself: the penalty shows where x̂ lies.
    real, fake = torch.zeros(4000, 1, 1, 1), torch.ones(4000, 1, 1, 1)
    penalty = gradient_penalty(
        lambda x: x.square().sum(dim=(1, 2, 3)) / 2, real, fake, Draws(0, batch=4000)
    )
    # x̂ is uniform in [0, 1], so E[(x̂ - 1)²] = 1/3.
    assert penalty.item() == pytest.approx(1 / 3, abs=0.02)


def test_penalty_teaches_the_critic():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False))
    nn.init.constant_(critic[1].weight, 2.0)  # slope 4
    x = torch.zeros(3, 1, 2, 2)
    gradient_penalty(critic, x, x, Draws(0, batch=3)).backward()
    # d(‖w‖ - 1)²/dw = 2 (‖w‖ - 1) w/‖w‖ = 2 · 3 · 2/4
    assert torch.allclose(critic[1].weight.grad, torch.full((1, 4), 3.0))


def test_running_mean_is_the_geometric_series():
    generator = nn.Linear(1, 1, bias=False)
    nn.init.constant_(generator.weight, 0.0)
    mean = RunningMean(generator)
    nn.init.constant_(generator.weight, 1.0)
    for _ in range(3):
        mean.update(generator, decay=0.75)
    assert mean.generator.weight.item() == pytest.approx(1 - 0.75**3)


def test_without_decay_the_running_mean_is_the_generator():
    networks = build(16, small(), seed=0)
    mean = RunningMean(networks.generator)
    with torch.no_grad():
        networks.generator[0].weight.add_(1.0)
    mean.update(networks.generator, decay=0.0)
    assert torch.equal(mean.generator[0].weight, networks.generator[0].weight)


def test_statistics_are_those_of_the_generators_own_samples():
    generator = build(16, small(), seed=0).generator
    with torch.no_grad():
        generator[0].weight.mul_(50)  # weights that the old statistics do not fit
    trained = {name: value.clone() for name, value in generator.state_dict().items()}
    ready = ready_to_sample(generator, seed=3)
    assert not ready.training
    first = ready(torch.randn(2, 8))

    assert all(torch.equal(trained[name], value) for name, value in generator.state_dict().items())
    assert torch.equal(ready(torch.zeros(2, 8)), ready(torch.zeros(2, 8)))
    assert first.shape == (2, 1, 16, 16)
    # The first layer is linear in the latent vector, which has unit variance: the variance of a
    # channel is the mean over its pixels of the sum of its squared weights.
    expected = generator[0].weight.square().sum(dim=0).mean(dim=(1, 2))
    assert torch.allclose(ready[1].running_var, expected, rtol=0.3)
    again = ready_to_sample(generator, seed=3)
    assert torch.equal(again[1].running_var, ready[1].running_var)


def test_r1_of_a_linear_discriminator_is_half_its_squared_slope():
    weights = torch.arange(12.0).reshape(1, 1, 3, 4) / 10
    real = torch.randn(5, 1, 3, 4, generator=torch.Generator().manual_seed(0))
    penalty = r1_penalty(lambda x: (x * weights).sum(dim=(1, 2, 3)), real)
    assert penalty.item() == pytest.approx(weights.square().sum().item() / 2)


def test_blur_keeps_flat_images_and_removes_checkerboards():
    flat = torch.full((2, 3, 8, 8), 0.7)
    assert torch.allclose(Blur()(flat), flat)
    checkerboard = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 2.0 - 1
    inside = Blur()(checkerboard.expand(2, 3, 8, 8))[..., 1:-1, 1:-1]
    assert torch.allclose(inside, torch.zeros_like(inside), atol=1e-6)


def test_spectral_norm_holds_the_largest_singular_value_to_one():
    networks = build(32, small("wgan_gp", spectral_norm=True), seed=0)
    again = build(32, small("wgan_gp", spectral_norm=True), seed=0)
    with torch.no_grad():
        for layer in networks.discriminator:
            if isinstance(layer, nn.Conv2d):
                for _ in range(50):
                    weights = layer.weight  # each look improves the estimate by one iteration
                assert torch.linalg.matrix_norm(weights.flatten(1), 2).item() == pytest.approx(
                    1, rel=0.02
                )
    other = build(32, small("wgan_gp", spectral_norm=True), seed=1)
    first, same, different = (n.discriminator[0] for n in (networks, again, other))
    assert torch.equal(*(layer.parametrizations.weight.original for layer in (first, same)))
    assert not torch.equal(*(layer.parametrizations.weight.original for layer in (same, different)))


def test_smoothed_labels_are_best_met_at_their_own_odds():
    """With labels 0.9 for real tiles the best score is log(0.9 / 0.1), not infinity."""
    networks = build(16, small("dcgan", label_smoothing=0.1), seed=0)
    score = torch.zeros(4, requires_grad=True)
    networks.discriminator = nn.Module()
    networks.discriminator.forward = lambda images: images
    optimiser = torch.optim.SGD([score], lr=10.0)
    for _ in range(500):
        optimiser.zero_grad()
        networks.discriminator_loss(score, torch.zeros(4), None)[0].backward()
        optimiser.step()
    assert torch.allclose(score, torch.full((4,), 9.0).log(), atol=1e-3)

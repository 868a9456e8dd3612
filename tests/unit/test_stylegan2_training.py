"""StyleGAN2 in training: losses, penalties, second derivatives, and precision under autocast."""

import pytest
import torch
from tiny_stylegan2 import normal, random, small
from torch.autograd import gradcheck, gradgradcheck

from rockrec.gans.draws import Draws
from rockrec.gans.penalties import r1_penalty
from rockrec.gans.processes import Processes
from rockrec.gans.stylegan2.adversaries import StyleGan2Ada
from rockrec.gans.stylegan2.discriminator import Block, Discriminator, batch_spread
from rockrec.gans.stylegan2.filters import doubled, halved
from rockrec.gans.stylegan2.generator import Generator
from rockrec.gans.stylegan2.mapping import Mapping
from rockrec.gans.stylegan2.modulated import ModulatedConv
from rockrec.gans.stylegan2.noise import gaussian_noise
from rockrec.gans.stylegan2.path_length import PathLength, path_lengths


def test_r1_of_a_discriminator_that_is_linear_is_half_its_squared_slope():
    slope = normal(16)
    penalty = r1_penalty(lambda x: x.flatten(1) @ slope, normal(5, 1, 4, 4))
    assert penalty.item() == pytest.approx(slope.square().sum().item() / 2, rel=1e-5)


class LinearGenerator(torch.nn.Module):
    """Images that are a matrix times the mean of the layers' w: J is known."""

    def __init__(self, matrix, layers):
        super().__init__()
        self.matrix, self.layers = torch.nn.Parameter(matrix), layers

    def styles_of(self, latent):
        return latent[:, None].expand(-1, self.layers, -1)

    def synthesis(self, styles, seeds):
        return (styles.sum(dim=1) @ self.matrix.T).view(-1, 1, 4, 4)


def test_path_length_of_a_linear_generator_is_that_of_the_formula():
    matrix, latent = normal(16, 3), normal(5, 3).requires_grad_()
    seeds = torch.arange(5)
    generator = LinearGenerator(matrix, layers=4)
    y = gaussian_noise(seeds, 0, 4, 4).flatten(1) / 4
    expected = (y @ matrix).norm(dim=1)
    styles = generator.styles_of(latent)
    lengths = path_lengths(generator.synthesis(styles, seeds), styles, seeds)
    assert torch.allclose(lengths, expected, rtol=1e-5)

    penalty = PathLength()
    before = penalty(LinearGenerator(3 * matrix, layers=4), latent, seeds, Processes())
    target = 3 * expected.mean()
    assert penalty.target.item() == pytest.approx(target.item(), rel=1e-5)
    assert before.item() == pytest.approx(9 * expected.var(correction=0).item(), rel=1e-4)

    found = penalty(generator, latent, seeds, Processes())
    target = (0.99 * target + expected.mean()) / 1.99
    assert penalty.target.item() == pytest.approx(target.item(), rel=1e-5)
    assert found.item() == pytest.approx((expected - target).square().mean().item(), rel=1e-4)
    found.backward()
    # d/dM of the mean of (‖yᵀM‖ - a)²
    factor = (2 * (expected - target) / expected / 5).detach()
    slope = (y * factor[:, None]).T @ (y @ matrix)
    assert torch.allclose(generator.matrix.grad, slope, atol=1e-5)


def test_path_length_of_saturated_images_has_a_gradient():
    generator = Generator(16, small(), random())
    with torch.no_grad():
        generator.to_image[-1].bias.fill_(100.0)  # tanh is 1, to the last digit
    PathLength()(generator, normal(2, 6), torch.arange(2), Processes()).backward()
    for name, weights in generator.named_parameters():
        assert weights.grad is None or torch.isfinite(weights.grad).all(), name


def double(module):
    return module.double().requires_grad_(False)


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (doubled, [(2, 2, 3, 3)]),
        (halved, [(2, 2, 4, 4)]),
        (batch_spread, [(4, 2, 2, 2)]),
        (double(Block(2, 3, random())), [(2, 2, 4, 4)]),
        (double(ModulatedConv(2, 3, 3, 2, random())), [(2, 2, 3, 3), (2, 2), (2, 1, 3, 3)]),
        (
            double(ModulatedConv(2, 2, 3, 2, random(), doubling=True)),
            [(1, 2, 3, 3), (1, 2), (1, 1, 6, 6)],
        ),
        (double(ModulatedConv(2, 1, 1, 2, random())), [(2, 2, 3, 3), (2, 2)]),
        (double(Mapping(3, 2, random())), [(2, 3)]),
    ],
)
def test_blocks_are_twice_differentiable(function, shapes):
    inputs = [
        normal(*shape, seed=seed, dtype=torch.float64).requires_grad_()
        for seed, shape in enumerate(shapes)
    ]
    assert gradcheck(function, inputs)
    assert gradgradcheck(function, inputs)


def test_whole_networks_are_twice_differentiable():
    settings = small(channels=1, latent=3, max_channels=2)
    generator = double(Generator(16, settings, random()))
    discriminator = double(Discriminator(16, settings, random()))
    seeds = torch.arange(2)
    styles = normal(2, generator.styles, 3, dtype=torch.float64).requires_grad_()

    def slope(styles):
        images = generator.synthesis(styles, seeds)
        (found,) = torch.autograd.grad(discriminator(images).sum(), styles, create_graph=True)
        return found

    assert gradcheck(slope, [styles])


def test_autocast_keeps_demodulation_and_batch_statistics_in_float32():
    settings = small()
    generator, discriminator = (
        Generator(16, settings, random()),
        Discriminator(16, settings, random()),
    )
    latent = normal(4, 6)
    plain = generator(latent)
    with torch.autocast("cpu", torch.bfloat16):
        images = generator(latent)
        assert images.dtype == torch.float32
        assert generator.styles_of(latent).dtype == torch.float32
        assert torch.equal(
            generator.styles_of(latent),
            generator.mapping(latent)[:, None].expand(-1, generator.styles, -1),
        )
        signal = normal(4, 3, 4, 4).bfloat16()
        assert batch_spread(signal).dtype == torch.float32
        scores = discriminator(images)
    assert (images - plain).abs().max() < 0.1
    assert torch.isfinite(scores.float()).all()


def test_autocast_demodulates_in_float32(monkeypatch):
    conv = ModulatedConv(3, 5, 3, 6, random())
    types, rsqrt = [], torch.rsqrt
    monkeypatch.setattr(
        torch, "rsqrt", lambda squares: types.append(squares.dtype) or rsqrt(squares)
    )
    with torch.autocast("cpu", torch.bfloat16):
        out = conv(normal(4, 3, 8, 8), normal(4, 6), added=torch.zeros(4, 1, 8, 8))
    assert out.dtype == torch.bfloat16
    assert types == [torch.float32]


def test_autocast_leaves_penalties_as_they_are():
    # Not relativistic: the generated images of that penalty would be others under autocast.
    more = {"loss": "logistic", "r1": 0.3, "path_length": 2.0, "ada": []}
    networks = StyleGan2Ada(16, small(**more), random())
    images = normal(4, 1, 16, 16)
    for player in ("discriminator", "generator"):
        plain = networks.lazy_penalty(player, images, Draws(1, 4))
        with torch.autocast("cpu", torch.bfloat16):
            low = networks.lazy_penalty(player, images, Draws(1, 4))
        assert low.dtype == torch.float32
        assert low.item() == pytest.approx(plain.item(), rel=1e-3)


def test_the_losses_are_those_of_the_formula():
    networks = StyleGan2Ada(16, small(loss="logistic", input_noise=0.0, ada=[]), random())
    real, fake = normal(4, 1, 16, 16), normal(4, 1, 16, 16, seed=1)
    loss, of_real, of_fake = networks.discriminator_loss(real, fake, Draws(1, 4))
    d_real, d_fake = torch.sigmoid(of_real.double()), torch.sigmoid(of_fake.double())
    expected = -(d_real.log().mean() + (1 - d_fake).log().mean())
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss = networks.generator_loss(fake, real, Draws(1, 4))
    assert loss.item() == pytest.approx(-d_fake.log().mean().item(), rel=1e-5)


def test_the_relativistic_losses_ask_only_which_of_two_scores_higher():
    networks = StyleGan2Ada(16, small(loss="relativistic", input_noise=0.0, ada=[]), random())
    real, fake = normal(4, 1, 16, 16), normal(4, 1, 16, 16, seed=1)
    loss, of_real, of_fake = networks.discriminator_loss(real, fake, Draws(1, 4))
    above = torch.sigmoid((of_real - of_fake).double())  # that the real one of a pair is real
    assert loss.item() == pytest.approx(-above.log().mean().item(), rel=1e-5)
    fake.requires_grad_()
    of_generator = networks.generator_loss(fake, real, Draws(1, 4))
    assert of_generator.item() == pytest.approx(-(1 - above).log().mean().item(), rel=1e-5)
    (slope,) = torch.autograd.grad(of_generator, fake)
    assert slope.abs().max() > 0
    with torch.no_grad():
        networks.discriminator.score.bias.add_(3.0)  # both scores rise: nothing is changed
    assert networks.generator_loss(fake, real, Draws(1, 4)).item() == pytest.approx(
        of_generator.item(), rel=1e-4
    )


def test_the_relativistic_penalty_counts_slopes_at_real_and_at_generated_images():
    more = {"loss": "relativistic", "r1": 0.3, "input_noise": 0.0, "ada": []}
    networks = StyleGan2Ada(16, small(**more), random())
    real = normal(4, 1, 16, 16)
    fake = networks.generate(Draws(1, 4), torch.device("cpu")).detach()
    of_real, of_fake = (r1_penalty(networks.discriminator, images) for images in (real, fake))
    assert of_fake.item() > 0
    found = networks.lazy_penalty("discriminator", real, Draws(1, 4))
    assert found.item() == pytest.approx(0.3 * (of_real + of_fake).item(), rel=1e-5)


def test_ada_asks_whether_real_images_score_above_generated_ones():
    """A relativistic score has no zero to compare with."""
    for loss, expected in (("relativistic", 1.0), ("logistic", -1.0)):
        networks = StyleGan2Ada(16, small(loss=loss, input_noise=0.0), random())
        scores = iter([torch.full((4,), -2.0), torch.full((4,), -3.0)])
        networks.discriminator.forward = lambda images, scores=scores: next(scores)
        images = normal(4, 1, 16, 16)
        networks.discriminator_loss(images, images, Draws(1, 4))
        assert networks.controller.signs.item() == expected


def test_the_discriminator_sees_noise_of_the_deviation_that_is_set():
    networks = StyleGan2Ada(16, small(input_noise=0.2, ada=[]), random())
    images = normal(64, 1, 16, 16)
    noise = networks.seen(images, Draws(1, 64)) - images
    assert noise.std().item() == pytest.approx(0.2, rel=0.05)

"""StyleGAN2's blocks against plain formulas and slow references."""

import functools
import math

import numpy as np
import pytest
import torch
from tiny_stylegan2 import normal, random, small
from torch.autograd import gradcheck, gradgradcheck
from torch.nn import functional

from rockrec.gans.draws import Draws
from rockrec.gans.settings import at_size, gan_settings
from rockrec.gans.stylegan2 import filters
from rockrec.gans.stylegan2.adversaries import StyleGan2Ada
from rockrec.gans.stylegan2.discriminator import batch_spread
from rockrec.gans.stylegan2.equalised import EqualisedConv, EqualisedLinear
from rockrec.gans.stylegan2.filters import doubled, halved, smoothed
from rockrec.gans.stylegan2.generator import Generator, widths
from rockrec.gans.stylegan2.mapping import Mapping
from rockrec.gans.stylegan2.modulated import ModulatedConv
from rockrec.gans.stylegan2.noise import gaussian_noise, seeds_of, smooth_noise
from rockrec.gans.stylegan2.starts import WavesStart


def filtered(images):
    """Every pixel of full 1 3 3 1 filtering, written as sums of shifted images."""
    weights, out = [1 / 8, 3 / 8, 3 / 8, 1 / 8], 0
    padded = functional.pad(images, (3, 3, 3, 3))
    height, width = images.shape[-2] + 3, images.shape[-1] + 3
    for i, a in enumerate(weights):
        for j, b in enumerate(weights):
            out = out + a * b * padded[..., i : i + height, j : j + width]
    return out


def test_doubling_is_inserting_zeros_and_filtering():
    images = normal(2, 3, 7, 5)
    spaced = torch.zeros(2, 3, 14, 10)
    spaced[..., ::2, ::2] = images
    expected = 4 * filtered(spaced)[..., 1:-2, 1:-2]
    assert torch.allclose(doubled(images), expected, atol=5e-7)


def test_halving_is_filtering_and_dropping_pixels():
    images = normal(2, 3, 8, 6)
    assert torch.allclose(halved(images), filtered(images)[..., 2:-1:2, 2:-1:2], atol=5e-7)


def test_smoothing_is_filtering_and_keeps_flat_images():
    images = normal(2, 3, 8, 6)
    assert torch.allclose(smoothed(images, padding=3), filtered(images), atol=5e-7)
    flat = torch.full((1, 2, 8, 8), 0.7)
    for out in (
        smoothed(flat, padding=0),
        doubled(flat)[..., 2:-2, 2:-2],
        halved(flat)[..., 1:-1, 1:-1],
    ):
        assert torch.allclose(out, torch.full_like(out, 0.7))


@pytest.mark.parametrize("form", ["convolved", "means", "shifted"])
def test_filters_are_the_same_in_each_form_and_twice_differentiable(monkeypatch, form):
    images = normal(2, 2, 4, 6, dtype=torch.float64).requires_grad_()
    maps = [doubled, halved, *(functools.partial(smoothed, padding=p) for p in range(4))]
    by_convolution = [one(images) for one in maps]
    monkeypatch.setattr(filters, "form_for", lambda images: form)
    for one, expected in zip(maps, by_convolution, strict=True):
        assert torch.allclose(one(images), expected, atol=1e-14)
        assert gradcheck(one, images) and gradgradcheck(one, images)


def test_a_halving_skip_filters_before_it_convolves():
    conv = EqualisedConv(2, 3, 1, random(), halving=True, bias=False)
    signal = normal(2, 2, 8, 8)
    every = functional.conv2d(filtered(signal), conv.weight * conv.scale)
    assert torch.allclose(conv(signal), every[..., 2:-1:2, 2:-1:2], atol=1e-6)


@pytest.mark.parametrize("doubling", [False, True])
def test_modulated_convolution_is_one_with_weights_scaled_image_by_image(doubling):
    conv = ModulatedConv(4, 5, 3, latent=6, random=random(), doubling=doubling, gain=1.5)
    signal, w = normal(3, 4, 6, 6), normal(3, 6, seed=1)
    side = 12 if doubling else 6
    added = normal(3, 1, side, side, seed=2)
    style = w @ (conv.style.weight / math.sqrt(6)).T + 1
    for image in range(3):
        weight = conv.weight * conv.scale * style[image][None, :, None, None]
        weight = weight / weight.square().sum(dim=(1, 2, 3), keepdim=True).add(1e-8).sqrt()
        one = signal[image : image + 1]
        if doubling:
            spaced = functional.conv_transpose2d(one, weight.transpose(0, 1), stride=2)
            expected = 4 * filtered(spaced)[..., 2:-2, 2:-2]
        else:
            expected = functional.conv2d(one, weight, padding=1)
        found = conv(signal, w, added)[image] - added[image]
        assert torch.allclose(found, 1.5 * expected[0], atol=1e-5)


def test_demodulated_output_keeps_unit_variance_whatever_the_style():
    conv = ModulatedConv(32, 16, 3, latent=6, random=random())
    signal = normal(16, 32, 16, 16)
    for scale in (1.0, 100.0):
        out = conv(signal, scale * normal(16, 6, seed=1), torch.zeros(16, 1, 16, 16))
        assert out[..., 1:-1, 1:-1].std().item() == pytest.approx(1, rel=0.1)


def test_without_demodulation_the_style_scales_the_output():
    conv = ModulatedConv(4, 1, 1, latent=6, random=random())
    signal, w = normal(2, 4, 5, 5), normal(2, 6, seed=1)
    expected = torch.einsum("nihw,ni,i->nhw", signal, conv.style(w), conv.weight[0, :, 0, 0] / 2)
    assert torch.allclose(conv(signal, w)[:, 0], expected, atol=1e-5)


def test_equalised_layers_start_at_unit_variance_and_learn_at_their_rate():
    layer = EqualisedLinear(200, 300, random(), rate=0.01, gain=2.0)
    assert layer(normal(50, 200)).std().item() == pytest.approx(2, rel=0.05)
    conv = EqualisedConv(64, 32, 3, random())
    assert conv(normal(8, 64, 16, 16))[..., 1:-1, 1:-1].std().item() == pytest.approx(1, rel=0.05)
    # A step of the same size in all weights moves the output by a hundredth of that.
    slow, fast = (EqualisedLinear(4, 4, random(), rate=rate) for rate in (0.01, 1.0))
    signal = normal(2, 4)
    moved = []
    for one in (slow, fast):
        before = one(signal)
        with torch.no_grad():
            one.weight.add_(1.0)
        moved.append((one(signal) - before).abs().max())
    assert moved[0].item() == pytest.approx(moved[1].item() / 100, rel=1e-3)


def test_halving_convolution_is_a_smoothed_one_of_every_second_pixel():
    conv = EqualisedConv(2, 3, 3, random(), halving=True)
    signal = normal(2, 2, 8, 8)
    every = functional.conv2d(filtered(signal), conv.weight * conv.scale, padding=1)
    assert torch.allclose(conv(signal), every[..., 2:-1:2, 2:-1:2], atol=1e-6)


def test_mapping_does_not_depend_on_the_length_of_z():
    mapping = Mapping(6, 2, random())
    z = normal(4, 6)
    assert torch.allclose(mapping(z), mapping(7 * z), atol=1e-5)


def test_batch_spread_is_that_of_the_definition():
    signal = normal(8, 3, 2, 2)
    spread = batch_spread(signal)
    assert spread.shape == (8, 1, 2, 2)
    for group in (slice(0, 4), slice(4, 8)):
        expected = signal[group].var(dim=0, correction=0).add(1e-8).sqrt().mean()
        assert torch.allclose(spread[group], expected.expand(4, 1, 2, 2))
    assert batch_spread(signal[:1].repeat(4, 1, 1, 1)).max() < 2e-4
    assert batch_spread(normal(6, 3, 2, 2)).flatten(1)[:, 0].unique().numel() == 3


def test_noise_is_normal_and_each_image_layer_and_pixel_has_its_own():
    seeds = torch.arange(2000)
    noise = gaussian_noise(seeds, 3, 16, 16).flatten(1)
    assert abs(noise.mean().item()) < 0.006 and noise.std().item() == pytest.approx(1, rel=0.005)
    assert (noise.abs() > 2).float().mean().item() == pytest.approx(0.0455, rel=0.03)
    others = {
        "image": noise.roll(1, dims=0),
        "layer": gaussian_noise(seeds, 4, 16, 16).flatten(1),
        "pixel": noise.roll(1, dims=1),
        "pair": noise.roll(128, dims=1),
    }
    for what, other in others.items():
        # Of 512,000 pairs a correlation stays within 4 / √512000.
        assert abs((noise * other).mean().item()) < 6e-3, what
        assert abs((noise.square() * other.square()).mean().item() - 1) < 0.02, what


def test_smooth_noise_is_of_unit_variance_and_shares_with_its_neighbours():
    noise = smooth_noise(torch.arange(2000), 3, 16, 16)
    assert noise.shape == (2000, 1, 16, 16)
    assert noise.std().item() == pytest.approx(1, rel=0.01)
    # 1 2 1 against itself shifted: (1 + 4 + 1) : (2 + 2) : 1.
    for shift, expected in ((1, 4 / 6), (2, 1 / 6), (3, 0.0)):
        for dim in (2, 3):
            pairs = noise.narrow(dim, 0, 16 - shift) * noise.narrow(dim, shift, 16 - shift)
            assert pairs.mean().item() == pytest.approx(expected, abs=0.01)


def test_doubled_smooth_noise_varies_alike_at_every_place():
    """White noise does not: that is where structures on a grid came from."""
    ratios = []
    for noise in (gaussian_noise, smooth_noise):
        image = noise(torch.arange(4000), 0, 8, 8)
        for _ in range(3):
            image = doubled(image)
        places = image[:, :, 16:-16, 16:-16].reshape(-1, 4, 8, 4, 8).var(dim=(0, 1, 3))
        ratios.append((places.max() / places.min()).item())
    white, smooth = ratios
    assert white > 1.3 and smooth < 1.08


def test_coarse_noise_is_smoothed_and_fine_is_not():
    for smoothed_up_to, smooth in ((16, True), (0, False)):
        settings = small(channels=1, start="noise", smooth_noise=smooth)
        generator = Generator(64, settings, random())
        sides = [4, 8, 8, 16, 16, 32, 32, 64, 64]
        for side, layer in zip(sides, generator.layers, strict=True):
            layer.conv.weight.data.zero_()  # nothing but noise is left
            before = side // layer.factor
            channels = layer.conv.weight.shape[1]
            signal = torch.zeros(500, channels, before, before)
            drawn = layer(signal, normal(500, 6), torch.arange(500), 3)[:, 0]
            drawn = torch.where(drawn < 0, drawn * 5, drawn)  # undoes the leaky ReLU
            beside = (drawn[:, 1:] * drawn[:, :-1]).mean() / drawn.square().mean()
            expected = 4 / 6 if side <= smoothed_up_to else 0.0
            assert beside.item() == pytest.approx(expected, abs=0.03), side


def test_noise_follows_from_the_latent_vector_alone():
    latent = normal(5, 6)
    assert torch.equal(seeds_of(latent)[2:3], seeds_of(latent[2:3]))
    assert len(seeds_of(normal(10_000, 6)).unique()) > 9_990
    assert len(seeds_of(torch.stack([latent[0], latent[0].flip(0)])).unique()) == 2


def test_tiles_do_not_depend_on_their_batch():
    generator = Generator(16, small(), random())
    latent = normal(5, 6)
    assert torch.allclose(generator(latent)[3:], generator(latent[3:]), atol=1e-6)


def test_layers_have_the_originals_widths():
    full = gan_settings({"kind": "stylegan2_ada", "channels": None, "max_channels": 512})
    assert widths(128, at_size(full, 128)) == {4: 512, 8: 512, 16: 512, 32: 512, 64: 256, 128: 128}
    assert widths(1024, at_size(full, 1024))[1024] == 32


def test_tiles_start_from_noise_of_their_own_or_from_what_is_learnt_for_all():
    latent = normal(200, 6)
    starts = [Generator(16, small(start=start), random()).start for start in ("noise", "learnt")]
    seeds = seeds_of(latent)
    own, same = (start(start.drawn(seeds)) for start in starts)
    assert own.shape == same.shape == (200, 12, 4, 4)
    assert torch.equal(own[3:4], starts[0](starts[0].drawn(seeds[3:4])))
    # Of 38,400 numbers a mean stays within 4 / √38400, a correlation of two images' likewise.
    assert abs(own.mean().item()) < 0.02 and own.std().item() == pytest.approx(1, abs=0.02)
    assert abs((own * own.roll(1, dims=0)).mean().item()) < 0.02
    assert torch.equal(same, same.flip(0)) and len(list(starts[0].parameters())) == 0


def test_a_tile_starts_from_plane_waves_at_a_place_of_its_own():
    start = WavesStart({16: 40, 128: 5}, random())
    shifts = start.drawn(torch.arange(3))
    image = start(shifts)
    assert image.shape == (3, 40, 18, 18)
    assert image.std().item() == pytest.approx(1, abs=0.1)
    frequencies = 0.1 * start.frequencies.detach()  # cycles per tile, down and right
    assert 5 < frequencies.norm(dim=0).max() < 16 / 3  # 3 px to a wavelength
    for tile, wave, row, column in ((0, 3, 0, 0), (1, 17, 5, 9), (2, 39, 17, 17)):
        # The pixel in row 1 is the tile's first: the one before it is cut in the end.
        down, right = (row - 0.5) / 16, (column - 0.5) / 16
        place = torch.tensor([down, right]) + 0.5 * shifts[tile]
        cycles = start.phases[wave] + frequencies[:, wave] @ place
        expected = math.sqrt(2) * torch.sin(2 * math.pi * cycles)
        assert image[tile, wave, row, column].item() == pytest.approx(expected.item(), abs=1e-4)
    # Shifted by a pixel, in units of half a tile, the same waves stand a pixel further up.
    moved = start(shifts + torch.tensor([2 / 16, 0.0]))
    assert torch.allclose(moved[:, :, :-1], image[:, :, 1:], atol=1e-4)


def test_no_place_in_a_tile_of_waves_is_like_no_other():
    """But for the few waves that are longer than a tile."""
    start = WavesStart({16: 40, 64: 10}, random())
    short = 0.1 * start.frequencies.norm(dim=0) > 1
    waves = start(start.drawn(torch.arange(5000)))[:, short]
    # 6 / √5000, of 13,000 numbers each
    assert waves.mean(dim=0).abs().max() < 0.085
    assert waves.var(dim=0).sub(1).abs().max() < 0.085


def test_waves_take_the_frequencies_that_tiles_have():
    start = WavesStart({16: 200, 64: 50}, random())
    down, right = np.mgrid[:64, :64] / 64
    tiles = [np.sin(2 * np.pi * (2 * down + 3 * right + phase)) > 0 for phase in (0, 0.3, 0.6)]
    start.take_spectrum(np.stack(tiles).astype(np.uint8), random(1))
    down, right = 0.1 * start.frequencies.detach()
    same = torch.sign(right)  # a wave and its opposite are one
    # Of its overtones none is below 16 / 3 cycles; the taper spreads a line over three, each is
    # drawn within ± 1/2.
    assert (same * down - 2).abs().max() <= 1.51 and (same * right - 3).abs().max() <= 1.51
    assert (same * down).mean().item() == pytest.approx(2, abs=0.2)
    assert (same * right).mean().item() == pytest.approx(3, abs=0.2)
    before = start.frequencies.clone()
    start.take_spectrum(np.zeros((3, 64, 64), np.uint8), random(1))  # tiles without any structure
    assert torch.equal(start.frequencies, before)


def test_what_the_border_does_to_waves_is_cut_off():
    generator = Generator(64, small(start="waves", noise_strength=0.0), random())
    latent = normal(2, 6)
    assert generator(latent).shape == (2, 1, 64, 64)
    cut, generator.cut = generator(latent), 0
    whole = generator(latent)
    assert whole.shape == (2, 1, 72, 72) and torch.equal(whole[..., 4:-4, 4:-4], cut)


def test_mixed_styles_are_those_of_one_latent_before_the_crossover_and_of_the_other_after():
    generator = Generator(16, small(noise_strength=0.0, start="learnt"), random())
    one, other = normal(3, 6), normal(3, 6, seed=1)
    layers = generator.styles
    mixed = generator(one, other, torch.tensor([0, 2, layers]))
    assert torch.allclose(mixed[0], generator(other)[0], atol=1e-6)
    assert torch.allclose(mixed[2], generator(one)[2], atol=1e-6)
    styles = torch.cat([generator.styles_of(one)[1, :2], generator.styles_of(other)[1, 2:]])
    expected = generator.synthesis(styles[None], seeds_of(one[1:2]))
    assert torch.allclose(mixed[1], expected[0], atol=1e-6)


def test_the_share_of_mixed_tiles_is_the_one_that_is_set(monkeypatch):
    networks = StyleGan2Ada(16, small(style_mixing=0.9, ada=[]), random())
    given = []
    monkeypatch.setattr(networks.generator, "forward", lambda *arguments: given.extend(arguments))
    networks.generate(Draws(1, 20_000), torch.device("cpu"))
    latent, other, crossover = given
    assert not torch.equal(latent, other)
    styles = networks.generator.styles
    shares = torch.bincount(crossover, minlength=styles + 1) / len(crossover)
    # From the second layer to the last with equal probability; beyond it nothing is mixed.
    expected = torch.tensor([0.0, *[0.9 / (styles - 1)] * (styles - 1), 0.1])
    assert torch.allclose(shares, expected, atol=0.01)


def test_truncation_pulls_styles_to_their_mean():
    generator = Generator(16, small(), random())
    generator.gather_statistics(random(1))
    latent = normal(4, 6)
    mean = generator.mapping(normal(20_000, 6, seed=2)).mean(dim=0)
    assert torch.allclose(generator.mean_w, mean, atol=0.05)
    styles = generator.mean_w.expand(4, generator.styles, 6)
    expected = generator.synthesis(styles, seeds_of(latent))
    assert torch.allclose(generator(latent, truncation=0.0), expected, atol=1e-6)


def test_noise_strengths_start_as_set_and_learn_at_a_tenth():
    quiet, loud = (
        Generator(16, small(noise_strength=s, smooth_noise=False), random()) for s in (0.0, 0.3)
    )
    w, seeds = normal(2, 6), torch.arange(2)
    signal = normal(2, loud.layers[0].bias.numel(), 4, 4)
    for layers in (quiet.layers, loud.layers):
        layers[0].conv.weight.data.zero_()  # nothing but noise is left
    found = loud.layers[0](signal, w, seeds, 0)
    expected = functional.leaky_relu(2**0.5 * 0.3 * gaussian_noise(seeds, 0, 4, 4), 0.2)
    assert torch.allclose(found, expected.expand_as(found), atol=1e-6)
    assert not quiet.layers[0](signal, w, seeds, 0).any()
    with torch.no_grad():
        quiet.layers[0].noise.add_(1.0)
    found = quiet.layers[0](signal, w, seeds, 0)
    expected = functional.leaky_relu(2**0.5 * 0.1 * gaussian_noise(seeds, 0, 4, 4), 0.2)
    assert torch.allclose(found, expected.expand_as(found), atol=1e-6)

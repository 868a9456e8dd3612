"""What the discriminator is shown of S2: by its definition, in units of training tiles."""

import numpy as np
import pytest
import torch
from tiny_stylegan2 import normal, random, small
from torch.autograd import gradcheck, gradgradcheck

from rockrec.descriptors import describe
from rockrec.gans.batches import TileSubset, images_of
from rockrec.gans.settings import gan_settings
from rockrec.gans.stylegan2.adversaries import StyleGan2Ada
from rockrec.gans.stylegan2.discriminator import Discriminator
from rockrec.gans.stylegan2.two_point import LAGS, TwoPoint, two_point

TILES = (np.random.default_rng(0).random((40, 16, 16)) < 0.3).astype(np.uint8)


def images(tiles):
    return images_of(tiles, torch.arange(len(tiles)), torch.device("cpu"))


def test_it_is_the_mean_product_of_the_pixels_a_lag_apart():
    gray = torch.rand(2, 1, 9, 7, generator=random()) * 2 - 1
    found = two_point(gray, 3)
    assert found.shape == (2, 5, 3)
    shares = (gray[:, 0].numpy() + 1) / 2
    for image in range(2):
        for down in range(-2, 3):
            for right in range(3):
                products = [
                    shares[image, y, x] * shares[image, y + down, x + right]
                    for y in range(max(0, -down), 9 - max(0, down))
                    for x in range(7 - right)
                ]
                value = found[image, down + 2, right].item()
                assert value == pytest.approx(np.mean(products), abs=1e-6)


def test_along_rows_and_columns_it_is_the_descriptor():
    found, curves = two_point(images(TILES), 8), describe(TILES, ("S2H", "S2V"))
    assert np.allclose(found[:, 7], curves["S2H"], atol=1e-6)
    assert np.allclose(found[:, 7:, 0], curves["S2V"], atol=1e-6)


def test_training_tiles_have_mean_0_and_deviation_1():
    layer = TwoPoint(16, 5, random(), gain=1.0)
    layer.take(TileSubset(TILES, np.arange(40)))
    seen = []
    layer.dense.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    layer(images(TILES))
    assert seen[0].shape == (40, 15 * 8)
    deviations = torch.sinh(seen[0])  # of them asinh is shown, which tames those of a haze
    assert deviations.mean(dim=0).abs().max() < 1e-3
    assert (deviations.std(dim=0) - 1).abs().max() < 1e-3
    layer(torch.zeros(1, 1, 16, 16))
    assert seen[1].abs().max() < 8
    alike = TwoPoint(16, 5, random(), gain=1.0)
    alike.take(np.zeros((3, 16, 16), np.uint8))  # tiles that do not differ
    assert torch.isfinite(alike(images(TILES))).all()


def test_lags_go_to_half_a_tile_but_not_beyond_what_is_bearable():
    assert TwoPoint(32, 1, random(), gain=1.0).mean.shape == (31, 16)
    assert TwoPoint(1024, 1, random(), gain=1.0).mean.shape == (2 * LAGS - 1, LAGS)


def test_the_discriminator_sees_it_beside_its_convolutions():
    """With weights of 0 for all that the convolutions see, it scores by S2 alone, which a tile
    turned by half keeps; without, it does not see it at all."""
    settings = small(shown_s2=True)
    shown = StyleGan2Ada(16, settings, random())
    shown.prepare(TILES, random())
    discriminator = shown.discriminator
    assert discriminator.two_point.deviation.max() < 0.1  # measured on tiles
    torch.nn.init.zeros_(discriminator.dense.weight)
    scores = discriminator(images(TILES))
    assert scores.std() > 0.1
    turned = discriminator(images(TILES).flip(2, 3))
    assert torch.allclose(turned, scores, atol=1e-3)
    assert Discriminator(16, small(shown_s2=False), random()).two_point is None


def test_it_is_twice_differentiable():
    gray = normal(2, 1, 4, 4, dtype=torch.float64).requires_grad_()
    assert gradcheck(two_point, [gray, 2])
    assert gradgradcheck(two_point, [gray, 2])


def test_autocast_leaves_it_in_float32():
    layer = TwoPoint(16, 5, random(), gain=1.0)
    layer.take(TILES)
    plain = layer(images(TILES))
    with torch.autocast("cpu", torch.bfloat16):
        low = layer(images(TILES))
        rounded = layer(images(TILES).bfloat16())  # -1 and 1 have no more digits
    assert low.dtype == torch.float32
    assert torch.equal(low, plain) and torch.equal(rounded, plain)


def test_it_is_true_or_false():
    with pytest.raises(ValueError, match="shown_s2 must be true or false"):
        gan_settings({"kind": "stylegan2_ada", "shown_s2": 31})

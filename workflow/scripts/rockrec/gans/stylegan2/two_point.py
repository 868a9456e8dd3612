"""S2 of each image by lag in both directions, for the discriminator to see."""

import numpy as np
import torch
from torch import nn

from rockrec.gans.batches import TileSubset, evenly_chosen, images_of
from rockrec.gans.stylegan2.equalised import EqualisedLinear

LAGS = 32  # px, at most, down and right
TINY = 1e-4  # far below what S2 of any two tiles differs by


class TwoPoint(nn.Module):
    """A dense layer (n, width) on the two-point function of images in [-1, 1].

    Whether pores keep their distances shows in S2 of a tile, and hardly in any part of it that a
    convolution sees. Shown is asinh of how many deviations each lag's S2 lies off the mean of
    training tiles, both measured by `take`. Chen et al. (2021) show a discriminator the power
    spectrum to the same end.
    """

    def __init__(self, size: int, width: int, random: torch.Generator, gain: float):
        super().__init__()
        self.lags = min(LAGS, size // 2)
        shape = (2 * self.lags - 1, self.lags)
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("deviation", torch.ones(shape))
        self.dense = EqualisedLinear(shape[0] * shape[1], width, random, gain=gain)

    @torch.no_grad()
    def take(self, tiles: np.ndarray | TileSubset) -> None:
        """Measure S2 of training tiles (n, size, size)."""
        parts = (images_of(tiles, lines, self.mean.device) for lines in evenly_chosen(tiles))
        measured = torch.cat([two_point(images, self.lags) for images in parts])
        self.mean.copy_(measured.mean(dim=0))
        self.deviation.copy_(measured.std(dim=0).clamp_min(TINY))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        # In float32 at least: S2 of two tiles differs in its last digits.
        images = images.to(torch.promote_types(images.dtype, torch.float32))
        with torch.autocast(images.device.type, enabled=False):
            measured = (two_point(images, self.lags) - self.mean) / self.deviation
            # Of a haze S2 is a hundred deviations off, to which a dense layer would jump.
            return self.dense(torch.asinh(measured).flatten(1))


def two_point(images: torch.Tensor, lags: int) -> torch.Tensor:
    """Return S2 of images (n, 1, h, w) in [-1, 1], whose gray is taken for a share of the phase.

    Unbiased, as in the other descriptors: the mean over all origins that leave both pixels within
    the image. (n, 2 · lags - 1, lags), from 1 - lags to lags - 1 down, from 0 to lags - 1 right.
    """
    height, width = images.shape[2:]
    shares = (images[:, 0] + 1) / 2
    # Room for the largest lag, so that nothing comes back at the other side.
    transformed = torch.fft.rfft2(shares, s=(height + lags, width + lags))
    power = transformed.real.square() + transformed.imag.square()
    products = torch.fft.irfft2(power, s=(height + lags, width + lags))
    wanted = torch.cat([products[:, 1 - lags :], products[:, :lags]], dim=1)[:, :, :lags]
    down = torch.arange(1 - lags, lags, device=images.device).abs()
    right = torch.arange(lags, device=images.device)
    return wanted / ((height - down)[:, None] * (width - right))

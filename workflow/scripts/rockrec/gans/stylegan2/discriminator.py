"""The residual discriminator, with the spread of its batch as a feature."""

import math

import torch
from torch import nn
from torch.nn import functional

from rockrec.gans.stylegan2.equalised import GAIN, EqualisedConv, EqualisedLinear, activated
from rockrec.gans.stylegan2.generator import SMALLEST, widths
from rockrec.gans.stylegan2.two_point import TwoPoint
from rockrec.plain.records.kinds.stylegan2_ada import StyleGan2Settings

MOST_IN_GROUP = 4
TINY = 1e-8


class Block(nn.Module):
    """Two convolutions that halve the resolution, and a skip around them."""

    def __init__(self, inputs, outputs, random):
        super().__init__()
        self.first = EqualisedConv(inputs, inputs, 3, random, gain=GAIN)
        # Of two signals of unit variance, divided by √2 each, the sum has unit variance.
        half = 1 / math.sqrt(2)
        self.second = EqualisedConv(inputs, outputs, 3, random, halving=True, gain=GAIN * half)
        self.skip = EqualisedConv(inputs, outputs, 1, random, halving=True, bias=False, gain=half)

    def forward(self, signal):
        return activated(self.second(activated(self.first(signal)))) + self.skip(signal)


class Discriminator(nn.Module):
    """From images (n, 1, size, size) to scores (n,), higher for real."""

    def __init__(self, size: int, settings: StyleGan2Settings, random: torch.Generator):
        super().__init__()
        self.fold = 2 if settings.unshuffle else 1
        channels = {
            resolution: max(1, round(width * settings.discriminator_width))
            for resolution, width in widths(size, settings).items()
            if resolution <= size // self.fold
        }
        coarse_first = list(channels.values())
        self.from_image = EqualisedConv(self.fold**2, coarse_first[-1], 1, random, gain=GAIN)
        self.blocks = nn.ModuleList(
            Block(inputs, outputs, random)
            for inputs, outputs in zip(coarse_first[:0:-1], coarse_first[-2::-1], strict=True)
        )
        width = channels[SMALLEST]
        self.last_conv = EqualisedConv(width + 1, width, 3, random, gain=GAIN)
        self.dense = EqualisedLinear(width * SMALLEST**2, width, random, gain=GAIN)
        self.score = EqualisedLinear(width, 1, random)
        self.two_point = TwoPoint(size, width, random, GAIN) if settings.shown_s2 else None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (n, 1, size, size): (n,)."""
        folded = functional.pixel_unshuffle(images, self.fold) if self.fold > 1 else images
        signal = activated(self.from_image(folded))
        for block in self.blocks:
            signal = block(signal)
        signal = torch.cat([signal, batch_spread(signal).to(signal.dtype)], dim=1)
        signal = activated(self.last_conv(signal))
        dense = self.dense(signal.flatten(1))
        if self.two_point is not None:
            dense = (dense + self.two_point(images)) / math.sqrt(2)
        return self.score(activated(dense)).flatten()


def batch_spread(signal: torch.Tensor) -> torch.Tensor:
    """Return how far images differ from those beside them (Karras et al., 2018): (n, 1, h, w).

    The standard deviation over groups of 4 images that follow one another (fewer where the batch
    is no multiple of 4), averaged over channels and pixels; the same number for all of a group.
    """
    n, _, height, width = signal.shape
    group = math.gcd(n, MOST_IN_GROUP)
    grouped = signal.to(torch.promote_types(signal.dtype, torch.float32))
    grouped = grouped.reshape(n // group, group, -1)
    spread = (grouped.var(dim=1, correction=0) + TINY).sqrt().mean(dim=1)
    return spread.repeat_interleave(group)[:, None, None, None].expand(n, 1, height, width)

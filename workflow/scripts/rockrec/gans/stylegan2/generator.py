"""The generator: mapping, then a synthesis that doubles a small image up to the tile."""

import functools
import math

import torch
from torch import nn

from rockrec.gans.stylegan2.equalised import GAIN, activated
from rockrec.gans.stylegan2.filters import doubled
from rockrec.gans.stylegan2.mapping import Mapping
from rockrec.gans.stylegan2.modulated import ModulatedConv
from rockrec.gans.stylegan2.noise import gaussian_noise, seeds_of, smooth_noise
from rockrec.gans.stylegan2.starts import SMALLEST, STARTS
from rockrec.plain.records.kinds.stylegan2_ada import StyleGan2Settings

MEAN_OF = 10_000  # vectors z that the mean of w is measured on
# How fast the noise strengths learn, relative to the weights. Single numbers to which every pixel
# pulls, they would else outrun the styles, and the generator would build the rock from its noise.
NOISE_RATE = 0.1


def widths(size: int, settings: StyleGan2Settings) -> dict[int, int]:
    """Return the channels by resolution, 4 to `size` px: halved as it doubles, capped."""
    resolutions = [SMALLEST << k for k in range(int(math.log2(size // SMALLEST)) + 1)]
    return {r: min(settings.channels * size // r, settings.max_channels) for r in resolutions}


class StyledLayer(nn.Module):
    """A modulated convolution of 3 x 3, noise at a learnt strength, bias, leaky ReLU.

    `noise` is the strength of the noise over NOISE_RATE; `smooth`, whether it is smoothed.
    """

    def __init__(self, inputs, outputs, settings, random, *, doubling: bool, smooth: bool):
        super().__init__()
        latent = settings.latent
        self.conv = ModulatedConv(inputs, outputs, 3, latent, random, doubling=doubling, gain=GAIN)
        self.factor = 2 if doubling else 1
        self.drawn_noise = smooth_noise if smooth else gaussian_noise
        self.noise = nn.Parameter(torch.tensor(settings.noise_strength / NOISE_RATE))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, signal, w, seeds, layer: int):
        side = self.factor * signal.shape[-1]
        strength = GAIN * NOISE_RATE * self.noise
        noise = strength * self.drawn_noise(seeds, layer, side, side)
        signal = self.conv(signal, w, added=noise)
        return activated(signal + (GAIN * self.bias)[:, None, None].to(signal.dtype))


class ToImage(nn.Module):
    """What a resolution adds to the image: a modulated 1 x 1 convolution, not demodulated."""

    def __init__(self, inputs, settings, random):
        super().__init__()
        self.conv = ModulatedConv(inputs, 1, 1, settings.latent, random)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, signal, w):
        added = self.conv(signal, w)
        # The sum over the resolutions is float32 whatever the convolutions' precision.
        return added.to(torch.promote_types(added.dtype, torch.float32)) + self.bias


class Generator(nn.Module):
    """From latent vectors z to images, by way of the vectors w.

    Two styled layers at each resolution but the first, which has one; the image is the sum of
    what the resolutions add (output skips).

    Attributes
    ----------
    latent : length of z and w.
    styles : styled layers; each takes a w of its own, and so may mix those of several z.
    mean_w : (latent,) mean of w, towards which truncation pulls; measured by
        `gather_statistics`.
    """

    def __init__(self, size: int, settings: StyleGan2Settings, random: torch.Generator):
        super().__init__()
        self.latent, self.saturating = settings.latent, settings.output == "tanh"
        channels = widths(size, settings)
        self.start = STARTS[settings.start](channels, random)
        first = self.start.side
        self.cut = self.start.margin * size // first
        self.mapping = Mapping(settings.latent, settings.mapping_layers, random)
        self.layers, self.to_image = nn.ModuleList(), nn.ModuleList()
        before = channels[first]
        for resolution in (resolution for resolution in channels if resolution >= first):
            width = channels[resolution]
            smooth = settings.smooth_noise and resolution <= size // 4
            kind = functools.partial(StyledLayer, settings=settings, random=random, smooth=smooth)
            if resolution > first:
                self.layers.append(kind(before, width, doubling=True))
            self.layers.append(kind(width, width, doubling=False))
            self.to_image.append(ToImage(width, settings, random))
            before = width
        self.styles = len(self.layers)
        self.register_buffer("mean_w", torch.zeros(settings.latent))

    def forward(
        self,
        latent: torch.Tensor,
        other: torch.Tensor | None = None,
        crossover: torch.Tensor | None = None,
        truncation: float = 1.0,
    ) -> torch.Tensor:
        """Draw images (n, 1, size, size) from latent vectors z (n, latent).

        The noise of an image follows from its z.

        Parameters
        ----------
        other, crossover : style mixing: from layer ``crossover[i]`` on image i takes its styles
            from ``other[i]``.
        truncation : ψ of w ← mean + ψ (w - mean): below 1 nearer the mean, and more alike.
        """
        styles = self.styles_of(latent)
        if other is not None:
            layers = torch.arange(self.styles, device=latent.device)
            later = (layers >= crossover[:, None])[:, :, None]
            styles = torch.where(later, self.styles_of(other), styles)
        if truncation != 1:
            styles = torch.lerp(self.mean_w, styles, truncation)
        return self.synthesis(styles, seeds_of(latent))

    def styles_of(self, latent: torch.Tensor) -> torch.Tensor:
        """Return w for every layer (n, styles, latent) of latent vectors z (n, latent)."""
        return self.mapping(latent)[:, None].expand(-1, self.styles, -1)

    def synthesis(
        self, styles: torch.Tensor, seeds: torch.Tensor, drawn: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Draw images (n, 1, size, size).

        Parameters
        ----------
        styles : (n, styles, latent) w of each layer.
        seeds : (n,) int32, of the noise.
        drawn : (n, ...) the numbers that the images start from, instead of those that follow from
            the seeds.
        """
        signal = self.start(self.start.drawn(seeds) if drawn is None else drawn)
        signal, image, layer = signal.to(styles.dtype), None, 0
        for number, to_image in enumerate(self.to_image):
            for _ in range(1 if number == 0 else 2):
                signal = self.layers[layer](signal, styles[:, layer], seeds, layer)
                layer += 1
            added = to_image(signal, styles[:, min(layer, self.styles - 1)])
            with torch.autocast(added.device.type, enabled=False):
                image = added if image is None else doubled(image) + added
        if self.cut:
            image = image[:, :, self.cut : -self.cut, self.cut : -self.cut]
        return torch.tanh(2 * image) if self.saturating else image

    @torch.no_grad()
    def gather_statistics(self, random: torch.Generator) -> None:
        """Measure the mean of w on latent vectors from `random`, a generator on the CPU."""
        z = torch.randn(MEAN_OF, self.latent, generator=random)
        self.mean_w.copy_(self.mapping(z.to(self.mean_w.device)).mean(dim=0))

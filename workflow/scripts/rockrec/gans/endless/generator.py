"""The generator: noise on a coarse grid, doubled again and again, nothing padded."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rockrec.gans.endless.noise import place_noise, smooth_place_noise
from rockrec.gans.endless.plane import BLOCK, Plane
from rockrec.gans.endless.spans import cut, spans
from rockrec.gans.stylegan2.equalised import GAIN, activated
from rockrec.gans.stylegan2.filters import doubled, smoothed
from rockrec.gans.stylegan2.generator import NOISE_RATE
from rockrec.gans.stylegan2.noise import mixed, seeds_of
from rockrec.plain.records.kinds.endless import EndlessSettings

START = -1  # what counts as the layer of the noise that it starts from
SMOOTH_FROM = 4  # px, the stride from which a level's noise is smoothed
TINY = 1e-8
OF_LEVEL = 64  # blocks, of fields that none asks for, on which a model's threshold is measured


class WeighedConv(nn.Module):
    """A convolution without padding whose input channels are weighed by a learnt style.

    One style for the whole plane: a style of each window would be a border between windows. The
    weights are divided by their norm per output channel, as StyleGAN2's are (demodulation), unless
    `normed` is false. `doubling` gives pixels [2 a + 2, 2 b - 2) of [a, b).
    """

    def __init__(self, inputs, outputs, kernel, random, *, doubling=False, normed=True):
        super().__init__()
        shape = (outputs, inputs, kernel, kernel)
        self.weight = nn.Parameter(torch.randn(shape, generator=random))
        self.style = nn.Parameter(torch.ones(inputs))
        self.scale = 1 / math.sqrt(inputs * kernel**2)
        self.doubling, self.normed = doubling, normed

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        with torch.autocast(signal.device.type, enabled=False):
            weight = self.weight * (self.scale * self.style)[:, None, None]
            if self.normed:
                squares = weight.square().sum(dim=(1, 2, 3), keepdim=True)
                weight = GAIN * weight * torch.rsqrt(squares + TINY)
        if not self.doubling:
            return functional.conv2d(signal, weight)
        # Of the pixels between, three in four are 0: four times the weight keeps the level.
        weight = 4 * weight.transpose(0, 1)
        return smoothed(functional.conv_transpose2d(signal, weight, stride=2, padding=1), padding=0)


class NoisyLayer(nn.Module):
    """A convolution of 3 x 3, noise at a learnt strength, bias, leaky ReLU."""

    def __init__(self, inputs, outputs, settings, random, *, doubling: bool):
        super().__init__()
        self.conv = WeighedConv(inputs, outputs, 3, random, doubling=doubling)
        self.noise = nn.Parameter(torch.tensor(settings.noise_strength / NOISE_RATE))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, signal, noise, cut_out=lambda signal: signal):
        """`cut_out` takes from the convolved signal the pixels that the noise (n, 1, h, w) has."""
        signal = cut_out(self.conv(signal))
        added = (GAIN * NOISE_RATE * self.noise * noise).to(signal.dtype)
        return activated(signal + added + (GAIN * self.bias)[:, None, None].to(signal.dtype))


class ToImage(nn.Module):
    """What a level adds to the image: a 1 x 1 convolution."""

    def __init__(self, inputs, random):
        super().__init__()
        self.conv = WeighedConv(inputs, 1, 1, random, normed=False)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, signal):
        added = self.conv(signal)
        # The sum over the levels is float32 whatever the convolutions' precision.
        return added.to(torch.promote_types(added.dtype, torch.float32)) + self.bias


class Generator(nn.Module):
    """A field of rock on the infinite plane for each seed; `draw` gives windows of it.

    White noise on a grid of `settings.stride` px, doubled to single pixels: at each level one
    doubling (none at the first) and one layer of 3 x 3; the image is the sum of what the levels
    add.

    Attributes
    ----------
    latent : length of the vectors that `forward` takes the seeds from.
    strides : px between the pixels of each level, from coarse to fine.
    """

    def __init__(self, size: int, settings: EndlessSettings, random: torch.Generator):
        super().__init__()
        self.size, self.latent = size, settings.latent
        self.strides = tuple(
            settings.stride >> k for k in range(int(math.log2(settings.stride)) + 1)
        )
        widths = [min(settings.channels * s, settings.max_channels) for s in self.strides]
        self.first_width = widths[0]
        self.doublings = nn.ModuleList(
            NoisyLayer(wide, narrow, settings, random, doubling=True)
            for wide, narrow in zip(widths, widths[1:], strict=False)
        )
        self.layers = nn.ModuleList(
            NoisyLayer(width, width, settings, random, doubling=False) for width in widths
        )
        self.to_image = nn.ModuleList(ToImage(width, random) for width in widths)

    def forward(self, latent: torch.Tensor, size: int | None = None) -> torch.Tensor:
        """Draw windows (n, 1, size, size), one for each latent vector (n, latent), of its field.

        Where the windows lie relative to the coarse grid changes from batch to batch, so that no
        place of it is a tile's corner more often than another.
        """
        seeds = seeds_of(latent)
        place = mixed(seeds[:1])[0].remainder(self.strides[0] ** 2)
        top, left = divmod(int(place), self.strides[0])
        side = size or self.size
        return self.draw(seeds, range(top, top + side), range(left, left + side))

    def draw(self, seeds: torch.Tensor, rows: range, columns: range) -> torch.Tensor:
        """Draw a window (n, 1, rows, columns) in [-1, 1] of the field of each seed (n,) int32.

        The same pixels as in any other window that has them, up to rounding.
        """
        down, right = spans(rows, self.strides), spans(columns, self.strides)
        places = down[0].given, right[0].given
        signal = place_noise(seeds, START, *places, self.first_width)
        signal = signal.to(self.to_image[0].bias.dtype, memory_format=torch.channels_last)
        image = None
        for level, stride in enumerate(self.strides):
            drawn = smooth_place_noise if stride >= SMOOTH_FROM else place_noise
            if level:
                before = down[level - 1].made.start, right[level - 1].made.start
                given = down[level].given, right[level].given
                noise = drawn(seeds, 2 * level - 1, *given)
                signal = self.doublings[level - 1](
                    signal, noise, _from(2 * before[0] + 2, 2 * before[1] + 2, given)
                )
            made = down[level].made, right[level].made
            signal = self.layers[level](signal, drawn(seeds, 2 * level, *made))
            added = self.to_image[level](signal)
            if image is not None:
                with torch.autocast(image.device.type, enabled=False):
                    twice = doubled(image)[:, :, 1:-1, 1:-1]
                added = cut(twice, 2 * before[0] + 1, 2 * before[1] + 1, *made) + added
            image = added
        return torch.tanh(2 * image)

    def windows(self, latent: torch.Tensor, size: int) -> np.ndarray:
        """Draw a window (n, size, size) float32 of the field of each latent vector (n, latent)."""
        planes = (Plane(self, seed) for seed in seeds_of(latent).tolist())
        images = np.empty((len(latent), size, size), np.float32)
        for image, plane in zip(images, planes, strict=True):
            image[:] = plane.window(range(size), range(size), torch.get_num_threads())
        return images

    def level_for(self, phase_fraction: float) -> float:
        """Return the gray level above which a share `phase_fraction` of the rock lies.

        Measured once for a model: a threshold of each window would force its phase fraction.
        """
        place = range(BLOCK)
        gray = np.stack([Plane(self, seed).window(place, place) for seed in range(OF_LEVEL)])
        return float(np.quantile(gray, 1 - phase_fraction))

    def gather_statistics(self, random: torch.Generator) -> None:
        """Measure nothing: no layer depends on statistics."""


def _from(top: int, left: int, wanted: tuple[range, range]):
    return lambda signal: cut(signal, top, left, *wanted)

"""What the synthesis starts from: one image for all tiles, noise, or plane waves.

Each start draws numbers from N(0, 1) by a tile's seed (`drawn`), and makes of them the image
(n, channels, side, side) that is doubled up to the tile (`forward`). It has `margin` pixels more
at each border than the tile has room for.
"""

import math

import numpy as np
import torch
from torch import nn

from rockrec.gans.batches import TileSubset, evenly_chosen
from rockrec.gans.stylegan2.noise import gaussian_noise

SMALLEST = 4  # px, of the image that the original starts from
LARGEST = 16  # px, of an image of plane waves
START = -1  # what counts as the layer of the noise that is drawn here
# How fast the frequencies learn, relative to the weights: few numbers that every pixel pulls at.
FREQUENCY_RATE = 0.1
SHIFT = 0.5  # standard deviation of the shift, in tiles: several wavelengths


class LearntStart(nn.Module):
    """The one image of 4 x 4 px that every tile starts from, learnt."""

    margin = 0

    def __init__(self, widths: dict[int, int], random: torch.Generator):
        super().__init__()
        self.side = SMALLEST
        shape = (1, widths[self.side], self.side, self.side)
        self.image = nn.Parameter(torch.randn(shape, generator=random))

    def drawn(self, seeds: torch.Tensor) -> torch.Tensor:
        """Draw nothing: (n, 0)."""
        return torch.empty(len(seeds), 0, device=seeds.device)

    def forward(self, drawn: torch.Tensor) -> torch.Tensor:
        return self.image.expand(len(drawn), -1, -1, -1)


class NoiseStart(nn.Module):
    """An image of 4 x 4 px for each tile, of noise: rock has no place that is like no other."""

    margin = 0

    def __init__(self, widths: dict[int, int], random: torch.Generator):
        super().__init__()
        self.side, self.channels = SMALLEST, widths[SMALLEST]

    def drawn(self, seeds: torch.Tensor) -> torch.Tensor:
        """Draw the image (n, channels, 4, 4)."""
        noise = gaussian_noise(seeds, START, self.side, self.side * self.channels)
        return noise.view(len(seeds), self.channels, self.side, self.side)

    def forward(self, drawn: torch.Tensor) -> torch.Tensor:
        return drawn


class WavesStart(nn.Module):
    """Plane waves of learnt frequencies, shifted together for each tile.

    What a tile shares from end to end, such as the lattice that grains or pores stand in, is so
    given to it from the start, and any place of the rock may be its corner. After the Fourier
    features of Karras et al. (2021) and the periodic part of Bergmann et al. (2017). The image
    has 16 x 16 px, or a quarter of a smaller tile's side; what its margin becomes is cut from the
    tile, for what the zeros outside do to the convolutions is not rock.
    """

    margin = 1

    def __init__(self, widths: dict[int, int], random: torch.Generator):
        super().__init__()
        self.side = min(LARGEST, max(widths) // 4)
        angle, radius, phase = torch.rand(3, widths[self.side], generator=random)
        directions = torch.stack([torch.sin(2 * math.pi * angle), torch.cos(2 * math.pi * angle)])
        # Evenly over the disk of those that have 3 px to a wavelength.
        frequencies = self.side / 3 * radius.sqrt() * directions
        self.frequencies = nn.Parameter(frequencies / FREQUENCY_RATE)
        self.phases = nn.Parameter(phase)

    @torch.no_grad()
    def take_spectrum(self, tiles: np.ndarray | TileSubset, random: torch.Generator) -> None:
        """Draw the frequencies anew, each as often as tiles (n, size, size) have it.

        Evenly drawn ones leave it to chance whether any is near those of a lattice, from where it
        can learn them.
        """
        size = tiles.shape[1]
        power = sum(_power(tiles[lines.numpy()]) for lines in evenly_chosen(tiles))
        cycles = torch.fft.fftfreq(size) * size  # per tile
        pairs = torch.cartesian_prod(cycles, cycles)
        length = pairs.norm(dim=1)
        carried = (length > 0) & (length <= self.side / 3)
        pairs, weights = pairs[carried], power.flatten()[carried]
        if not weights.any():
            return  # of tiles without any structure
        count = self.phases.numel()
        drawn = pairs[torch.multinomial(weights, count, replacement=True, generator=random)]
        within = torch.rand(count, 2, generator=random) - 0.5  # of its square of frequencies
        self.frequencies.copy_((drawn + within).T / FREQUENCY_RATE)

    def drawn(self, seeds: torch.Tensor) -> torch.Tensor:
        """Draw the shifts (n, 2) down and right."""
        return gaussian_noise(seeds, START, 1, 2).view(-1, 2)

    def forward(self, drawn: torch.Tensor) -> torch.Tensor:
        frequencies = FREQUENCY_RATE * self.frequencies  # (2, channels), cycles per tile
        pixels = torch.arange(-self.margin, self.side + self.margin, device=drawn.device)
        down, right = frequencies[:, :, None] * (pixels + 0.5) / self.side
        # No matrix product, which autocast would take to bfloat16: an error of many degrees.
        shifts = (SHIFT * drawn[:, :, None] * frequencies).sum(dim=1)
        phases = self.phases + shifts
        cycles = phases[:, :, None, None] + down[:, :, None] + right[:, None]
        return math.sqrt(2) * torch.sin(2 * math.pi * cycles)  # of unit variance


def _power(tiles: np.ndarray) -> torch.Tensor:
    """The power spectrum (size, size) of some tiles under a taper, summed."""
    images = torch.from_numpy(np.asarray(tiles)).float()
    taper = torch.hann_window(images.shape[1], periodic=False)
    images = (images - images.mean(dim=(1, 2), keepdim=True)) * taper[:, None] * taper
    return torch.fft.fft2(images).abs().square().sum(dim=0)


STARTS = {"waves": WavesStart, "noise": NoiseStart, "learnt": LearntStart}

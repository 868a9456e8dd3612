"""Noise that follows from a seed and a place on the plane, whatever window is asked for."""

import math

import torch
from torch.nn import functional

from rockrec.gans.stylegan2.noise import LAYER_STEP, mixed

# Radius and angle of a number have hashes of their own: two of 50,000 rows may well share one of 32
# bits, and would else have the same noise.
SALTS = (0x3C6EF372, 0x1F83D9AB)
CHANNEL = 0x5BE0CD19  # these are fractional parts of square roots: none has a meaning


def place_noise(
    seeds: torch.Tensor, layer: int, rows: range, columns: range, channels: int = 1
) -> torch.Tensor:
    """Return noise (n, channels, rows, columns) from N(0, 1) for seeds (n,) int32.

    `rows` and `columns` count from the plane's origin, and may be below it.
    """
    device = seeds.device
    # Each number enters by a step of its own: else seed 1, channel 2 were seed 2, channel 1.
    own = mixed(mixed(seeds.to(torch.int32)) + _signed(LAYER_STEP * (layer + 2)))
    of_channels = torch.arange(channels, dtype=torch.int32, device=device)
    own = mixed(own[:, None] ^ mixed(of_channels + CHANNEL))[:, :, None]
    down, right = (
        torch.arange(some.start, some.stop, dtype=torch.int32, device=device)
        for some in (rows, columns)
    )
    radius, angle = (
        _uniform(mixed(mixed(own ^ mixed(down + salt))[..., None] ^ mixed(right - salt)))
        for salt in SALTS
    )
    return torch.sqrt(-2 * torch.log(radius)) * torch.cos(2 * math.pi * angle)


def smooth_place_noise(
    seeds: torch.Tensor, layer: int, rows: range, columns: range
) -> torch.Tensor:
    """Return noise (n, 1, rows, columns) as `place_noise` does, each pixel weighed 1 2 1."""
    noise = place_noise(
        seeds,
        layer,
        range(rows.start - 1, rows.stop + 1),
        range(columns.start - 1, columns.stop + 1),
    )
    line = torch.tensor([1.0, 2.0, 1.0], device=noise.device) / math.sqrt(6)
    return functional.conv2d(noise, (line[:, None] * line)[None, None])


def _uniform(bits: torch.Tensor) -> torch.Tensor:
    """24 bits as a number in (0, 1)."""
    return (((bits >> 8) & 0xFFFFFF).float() + 0.5) * 2.0**-24


def _signed(number: int) -> int:
    """The lowest 32 bits as a number with a sign."""
    return (number + 2**31) % 2**32 - 2**31

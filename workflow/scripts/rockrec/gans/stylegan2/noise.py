"""Noise that follows from a number per image, whatever the batch, the process or the device.

A hash of seed, layer and pixel takes the place of a random generator, so each image has its own
noise and nothing needs to be drawn on the CPU and carried over.
"""

import math

import torch
from torch.nn import functional

# Finaliser of MurmurHash3 (Appleby, public domain): each input bit flips each output bit in half
# of all cases. The factors as signed 32-bit numbers, in which torch's products wrap around.
FACTORS = (0x85EBCA6B - 2**32, 0xC2B2AE35 - 2**32)
SHIFTS = (16, 13, 16)
LAYER_STEP = 0x9E3779B9  # the golden ratio's bits keep the layers' numbers far apart


def seeds_of(latent: torch.Tensor) -> torch.Tensor:
    """Return a seed (n,) int32 for each latent vector (n, length), from its bits."""
    bits = latent.detach().float().contiguous().view(torch.int32)
    places = torch.arange(bits.shape[1], dtype=torch.int32, device=bits.device)
    return mixed(mixed(bits) ^ mixed(places + 1)).sum(dim=1, dtype=torch.int32)


def gaussian_noise(seeds: torch.Tensor, layer: int, height: int, width: int) -> torch.Tensor:
    """Return noise (n, 1, height, width) from N(0, 1) for seeds (n,) int32; `width` is even."""
    count = height * width
    pixels = torch.arange(count, dtype=torch.int32, device=seeds.device)
    offset = (LAYER_STEP * layer + 2**31) % 2**32 - 2**31  # as a signed number of 32 bits
    shifted = mixed(seeds.to(torch.int32) + offset)
    bits = mixed(mixed(pixels) ^ shifted[:, None])
    # Of 32 bits each number keeps 24, as many as a float32 holds; never 0, whose log is infinite.
    uniform = (((bits >> 8) & 0xFFFFFF).float() + 0.5) * 2.0**-24
    radius = torch.sqrt(-2 * torch.log(uniform[:, : count // 2]))
    angle = 2 * math.pi * uniform[:, count // 2 :]
    pairs = torch.cat([radius * torch.cos(angle), radius * torch.sin(angle)], dim=1)
    return pairs.view(len(seeds), 1, height, width)


def smooth_noise(seeds: torch.Tensor, layer: int, height: int, width: int) -> torch.Tensor:
    """Return noise as `gaussian_noise` does, each pixel weighed with its neighbours: 1 2 1.

    Doubled again and again, white noise comes to vary 1.4 times as much at its pixels as between
    them, so that pores grown from it would lie on a grid; of smoothed noise it is 1.04 times.
    """
    noise = gaussian_noise(seeds, layer, height + 2, width + 2)
    line = torch.tensor([1.0, 2.0, 1.0], device=noise.device) / math.sqrt(6)
    return functional.conv2d(noise, (line[:, None] * line)[None, None])


def mixed(bits: torch.Tensor) -> torch.Tensor:
    """Return a hash of each number, int32."""
    for shift, factor in zip(SHIFTS, (*FACTORS, None), strict=True):
        bits = bits ^ ((bits >> shift) & (2 ** (32 - shift) - 1))
        if factor is not None:
            bits = bits * factor
    return bits

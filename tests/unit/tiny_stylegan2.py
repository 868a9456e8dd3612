"""A small StyleGAN2, and what it is given."""

import torch

from rockrec.gans.settings import at_size, gan_settings


def random(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0, dtype=torch.float32):
    """Numbers that have nothing in common with the weights drawn from `random`."""
    return torch.randn(*shape, generator=random(100 + seed), dtype=dtype)


def small(**more):
    return at_size(gan_settings({"kind": "stylegan2_ada", "latent": 6, "channels": 3, **more}), 16)

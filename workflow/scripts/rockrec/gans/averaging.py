"""The running mean (EMA) of a generator, and the generator made ready to be sampled."""

import copy

import torch
from torch import nn


class RunningMean:
    """Exponential moving mean of a generator's weights: mean ← decay · mean + (1 - decay) · w.

    Raw weights of a GAN circle around the solution; their mean does not. With a decay of 0 the
    mean is the generator as it is.
    """

    def __init__(self, generator: nn.Module):
        self.generator = copy.deepcopy(generator).requires_grad_(False)

    @torch.no_grad()
    def update(self, generator: nn.Module, decay: float) -> None:
        """Take in the weights after an update of the generator."""
        means, weights = (list(one.parameters()) for one in (self.generator, generator))
        torch._foreach_lerp_(means, weights, 1 - decay)


def ready_to_sample(generator: nn.Module, seed: int) -> nn.Module:
    """Return a copy in eval mode whose statistics are those of its own samples.

    They are measured anew, on latent vectors that depend on `seed` alone. In eval mode a tile
    does not depend on the others of its batch.
    """
    ready = copy.deepcopy(generator).requires_grad_(False)
    ready.gather_statistics(torch.Generator().manual_seed(seed))
    return ready.eval()

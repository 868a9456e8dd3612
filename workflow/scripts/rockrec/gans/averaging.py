"""The running mean (EMA) of a generator, and the generator made ready to be sampled."""

import copy

import torch
from torch import nn

STATISTICS_BATCHES = 8
STATISTICS_BATCH = 64


class RunningMean:
    """Exponential moving mean of a generator's weights: mean ← decay · mean + (1 - decay) · w.

    Raw weights of a GAN circle around the solution; their mean does not. With a decay of 0 the
    mean is the generator as it is.
    """

    def __init__(self, generator: nn.Module, decay: float):
        self.decay = decay
        self.generator = copy.deepcopy(generator).requires_grad_(False)

    @torch.no_grad()
    def update(self, generator: nn.Module) -> None:
        """Take in the weights after an update of the generator."""
        for mean, weight in zip(self.generator.parameters(), generator.parameters(), strict=True):
            mean.lerp_(weight, 1 - self.decay)


def ready_to_sample(generator: nn.Module, seed: int) -> nn.Module:
    """Return a copy in eval mode whose BatchNorm statistics are those of its own samples.

    The statistics gathered in training are of earlier weights, and none are gathered for a
    running mean. Here they are measured anew, on 8 batches of 64 latent vectors that depend on
    `seed` alone. In eval mode a tile does not depend on the others of its batch.
    """
    ready = copy.deepcopy(generator).requires_grad_(False)
    norms = [module for module in ready.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # torch's word for the plain mean over the batches
    random = torch.Generator().manual_seed(seed)
    device = next(ready.parameters()).device
    ready.train()
    with torch.no_grad():
        for _ in range(STATISTICS_BATCHES):
            ready(torch.randn(STATISTICS_BATCH, ready.latent, generator=random).to(device))
    return ready.eval()

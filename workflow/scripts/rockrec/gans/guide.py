"""Descriptors of the real tiles as a term of the generator's loss (the paper's outlook)."""

import numpy as np
import torch
from torch import nn

from rockrec.descriptors import describe
from rockrec.descriptors.torch_twin import describe_torch
from rockrec.gans.processes import Processes

MEMORY = 0.9  # share of the earlier batches in the running mean
TILES_AT_ONCE = 256


class Guide(nn.Module):
    """Holds the mean curves of generated tiles to those of the real ones.

    The error is that of a running mean over batches: a single batch's own curve would force
    every batch to one phase fraction, and so narrow what the generator draws. Gray levels are
    taken for shares of the phase. Each descriptor's squared error is measured in the variance
    between real tiles, averaged over the lags.

    Parameters
    ----------
    tiles : (n, size, size) uint8 0/1, the real ones, may be memory-mapped.
    functions : descriptors that are differentiable (all but C2).
    """

    def __init__(self, tiles, functions: tuple[str, ...], processes: Processes):
        super().__init__()
        self.functions, self.processes = functions, processes
        parts = [
            describe(
                np.asarray(tiles[np.arange(first, min(first + TILES_AT_ONCE, len(tiles)))]),
                functions,
            )
            for first in range(0, len(tiles), TILES_AT_ONCE)
        ]
        curves = {name: np.concatenate([part[name] for part in parts]) for name in functions}
        mean = np.stack([curves[name].mean(axis=0) for name in functions])
        variance = np.array([curves[name].var(axis=0).mean() for name in functions])
        self.register_buffer("target", torch.from_numpy(mean).float(), persistent=False)
        scale = torch.from_numpy(np.maximum(variance, 1e-12)).float()
        self.register_buffer("scale", scale, persistent=False)
        self.register_buffer("mean", self.target.clone())

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the error of the running mean after a batch (n, 1, size, size) in [-1, 1]."""
        soft = ((images.float() + 1) / 2).clamp(0, 1)
        curves = describe_torch(soft, self.functions)
        batch = torch.stack([curves[name].mean(dim=0) for name in self.functions])
        # Of all processes, with the gradient of this one's part.
        everywhere = self.processes.average(batch.detach().clone())
        batch = everywhere + (batch - batch.detach())
        mean = MEMORY * self.mean + (1 - MEMORY) * batch
        self.mean = mean.detach()
        return ((mean - self.target) ** 2).mean(dim=1).div(self.scale).mean()

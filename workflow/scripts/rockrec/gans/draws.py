"""Everything that a training draws at random, from one generator on the CPU."""

import torch

from rockrec.gans.processes import Processes


class Draws:
    """Random draws for a batch; each process draws them all and takes its part.

    So one process and several draw the same, and so do a CPU and a GPU.
    """

    def __init__(self, seed: int, batch: int, processes: Processes | None = None):
        self.batch, self.processes = batch, processes or Processes()
        if batch % self.processes.count:
            raise ValueError(f"batch {batch} cannot be shared by {self.processes.count} processes")
        self.generator = torch.Generator().manual_seed(seed)

    def latents(self, length: int) -> torch.Tensor:
        """Draw latent vectors (n, length) from N(0, 1)."""
        return self.normal(length)

    def normal(self, *shape: int) -> torch.Tensor:
        """Draw numbers (n, *shape) from N(0, 1)."""
        return self._part(torch.randn(self.batch, *shape, generator=self.generator))

    def uniform(self, *shape: int) -> torch.Tensor:
        """Draw numbers (n, *shape) from U[0, 1)."""
        return self._part(torch.rand(self.batch, *shape, generator=self.generator))

    def lines(self, count: int) -> torch.Tensor:
        """Draw whole numbers (n,) below `count`, e.g. of tiles."""
        return self._part(torch.randint(count, (self.batch,), generator=self.generator))

    def _part(self, drawn: torch.Tensor) -> torch.Tensor:
        return self.processes.part_of(drawn)

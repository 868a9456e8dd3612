"""The controller that steers how often the discriminator is shown augmented images."""

import torch
from torch import nn

from rockrec.gans.processes import Processes


class Controller(nn.Module):
    """Raises p while r_t = E[sign D(real)] is above its target, and lowers it while below.

    Parameters
    ----------
    every : batches between two changes.
    images : in which p can go from 0 to 1.

    Attributes
    ----------
    p : probability of each augmentation, a buffer; saved and resumed with the networks.
    """

    def __init__(self, target: float, every: int, images: int):
        super().__init__()
        self.target, self.every, self.images = target, every, images
        self.register_buffer("p", torch.zeros(()))
        self.register_buffer("signs", torch.zeros(()))
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def update(self, real_score: torch.Tensor, processes: Processes) -> None:
        """Take in the scores (n,) of a batch's real images; every so often change p."""
        self.signs += processes.average(real_score.sign().mean())
        self.batches += 1
        due = (self.batches % self.every == 0).float()
        step = len(real_score) * processes.count * self.every / self.images
        change = torch.sign(self.signs / self.every - self.target) * step
        # No branch, so that a GPU need not wait for the numbers.
        self.p.copy_((self.p + due * change).clamp(0, 1))
        self.signs *= 1 - due

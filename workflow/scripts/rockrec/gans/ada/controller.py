"""The controller that steers how often the discriminator is shown augmented images."""

import torch
from torch import nn

from rockrec.gans.processes import Processes


class Controller(nn.Module):
    """Raises p while r_t = E[sign D(real)] is above its target, and lowers it while below.

    Parameters
    ----------
    every : batches between two changes; only then a GPU is waited for.
    images : in which p can go from 0 to 1.

    Attributes
    ----------
    p : probability of each augmentation, a buffer; saved and resumed with the networks.
    batches : those so far, a number on the CPU; saved likewise.
    """

    def __init__(self, target: float, every: int, images: int):
        super().__init__()
        self.target, self.every, self.images = target, every, images
        self.register_buffer("p", torch.zeros(()))
        self.register_buffer("signs", torch.zeros(()))
        self.batches, self._known = 0, None

    @torch.no_grad()
    def update(self, real_score: torch.Tensor, processes: Processes) -> None:
        """Take in the scores (n,) of a batch's real images; every so often change p."""
        self.signs += processes.average(real_score.sign().mean())
        self.batches += 1
        if self.batches % self.every:
            return
        step = len(real_score) * processes.count * self.every / self.images
        change = torch.sign(self.signs / self.every - self.target) * step
        self.p.copy_((self.p + change).clamp(0, 1))
        self.signs.zero_()

    def probability(self) -> torch.Tensor:
        """Return p on the CPU, where it is needed to draw; it is fetched when it has changed."""
        now = self.p, self.p._version
        if self._known is None or self._known[0] is not now[0] or self._known[1] != now[1]:
            self._known = (*now, self.p.cpu())
        return self._known[2]

    def get_extra_state(self) -> torch.Tensor:
        """Return what a state holds beside the buffers: the batches so far."""
        return torch.tensor(self.batches)

    def set_extra_state(self, state: torch.Tensor) -> None:
        """Take it over."""
        self.batches = int(state)

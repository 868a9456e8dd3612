"""What the training loop asks of a network, whatever its kind."""

from abc import ABC, abstractmethod

import torch
from torch import nn

from .draws import Draws


class Adversaries(nn.Module, ABC):
    """A generator and a discriminator that learn from each other.

    A new kind of network is a subclass with two losses, and a line in `networks.KINDS`. Any
    further state it learns or counts goes into parameters and buffers, and is so saved and
    resumed with the rest.

    Attributes
    ----------
    generator : latent vectors (n, latent) to images (n, 1, size, size) in [-1, 1].
    discriminator : images to scores (n,), higher for real.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator

    @abstractmethod
    def discriminator_loss(
        self, real: torch.Tensor, fake: torch.Tensor, draws: Draws
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the loss to minimise and the scores of real and fake images.

        `fake` comes without gradient; what the loss draws at random, it takes from `draws`.
        """

    @abstractmethod
    def generator_loss(self, fake: torch.Tensor) -> torch.Tensor:
        """Return the loss to minimise for images that carry the generator's gradient."""

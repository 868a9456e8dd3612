"""What the training loop asks of a network, whatever its kind."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import nn

from rockrec.gans.batches import TileSubset
from rockrec.gans.draws import Draws
from rockrec.gans.transfer import sent


class Adversaries(nn.Module, ABC):
    """A generator and a discriminator that learn from each other.

    A new kind of network is a subclass with two losses, and a record in
    `rockrec.plain.records.kinds`. Any further state it learns or counts goes into parameters and
    buffers, and is so saved and resumed with the rest. What it draws at random, it takes from
    `draws`.

    Attributes
    ----------
    generator : latent vectors (n, latent) to images (n, 1, size, size) in [-1, 1]; its length of
        latent vectors is `generator.latent`.
    discriminator : images to scores (n,), higher for real.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator

    def generate(self, draws: Draws, device: torch.device) -> torch.Tensor:
        """Draw a batch of images (n, 1, size, size) as they are drawn in training."""
        return self.generator(sent(draws.latents(self.generator.latent), device))

    def prepare(  # noqa: B027
        self, tiles: np.ndarray | TileSubset, random: torch.Generator
    ) -> None:
        """Take from training tiles (n, size, size) what is better not left to chance."""

    @abstractmethod
    def discriminator_loss(
        self, real: torch.Tensor, fake: torch.Tensor, draws: Draws
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the loss to minimise and the scores of real and fake images.

        `fake` comes without gradient.
        """

    @abstractmethod
    def generator_loss(self, fake: torch.Tensor, real: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Return the loss to minimise for images that carry the generator's gradient.

        `real` are the last images that the discriminator was shown.
        """

    def lazy_penalty(self, player: str, real: torch.Tensor | None, draws: Draws) -> torch.Tensor:
        """Return the penalty that a player has updates of its own for, see `schedules.lazy`.

        `real` are the last images that the discriminator was shown, None for the generator.
        """
        raise NotImplementedError(f"{type(self).__name__} has no lazy penalty for {player}")

    def told(self) -> dict[str, torch.Tensor]:
        """Return numbers for the history beside the losses, by column."""
        return {}

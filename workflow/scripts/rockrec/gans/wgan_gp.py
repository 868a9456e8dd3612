"""WGAN-GP: Wasserstein GAN with gradient penalty (paper, Eq. 6; Gulrajani et al., 2017)."""

import torch
from torch import nn

from .adversaries import Adversaries
from .layers import Discriminator, Generator, initialise
from .settings import GanSettings


class WganGp(Adversaries):
    """A critic with slopes near 1 measures how far the generated images are from the real ones.

    The critic minimises E[D(fake)] - E[D(real)] + λ E[(‖∇D(x̂)‖ - 1)²]. (Eq. 6 prints the first
    two terms with the signs of a maximisation beside +λ.)
    """

    def __init__(self, size: int, settings: GanSettings, random: torch.Generator):
        super().__init__(Generator(size, settings), Discriminator(size, settings, batch_norm=False))
        self.penalty = settings.penalty
        initialise(self, settings, random)

    def discriminator_loss(self, real, fake, random):
        real_score = self.discriminator(real).float()
        fake_score = self.discriminator(fake).float()
        penalty = gradient_penalty(self.discriminator, real, fake, random)
        loss = fake_score.mean() - real_score.mean() + self.penalty * penalty
        return loss, real_score, fake_score

    def generator_loss(self, fake):
        return -self.discriminator(fake).float().mean()


def gradient_penalty(
    critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, random: torch.Generator
) -> torch.Tensor:
    """Return E[(‖∇D(x̂)‖₂ - 1)²], x̂ between a real and a fake image at a random point.

    Always in float32: the norm's own gradient is lost in less.
    """
    with torch.autocast(real.device.type, enabled=False):
        along = torch.rand(len(real), 1, 1, 1, generator=random).to(real.device)
        between = torch.lerp(fake.float(), real.float(), along).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()

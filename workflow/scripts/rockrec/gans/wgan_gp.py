"""WGAN-GP: Wasserstein GAN with gradient penalty (paper, Eq. 6; Gulrajani et al., 2017)."""

import torch

from rockrec.gans.adversaries import Adversaries
from rockrec.gans.layers import Discriminator, Generator, initialise
from rockrec.gans.penalties import gradient_penalty
from rockrec.plain.records.kinds.networks import ConvolutionalSettings


class WganGp(Adversaries):
    """A critic with slopes near 1 measures how far the generated images are from the real ones.

    The critic minimises E[D(fake)] - E[D(real)] + λ E[(‖∇D(x̂)‖ - 1)²]. (Eq. 6 prints the first
    two terms with the signs of a maximisation beside +λ.)
    """

    def __init__(self, size: int, settings: ConvolutionalSettings, random: torch.Generator):
        super().__init__(Generator(size, settings), Discriminator(size, settings, batch_norm=False))
        self.penalty = settings.penalty
        initialise(self, settings, random)

    def discriminator_loss(self, real, fake, draws):
        real_score = self.discriminator(real).float()
        fake_score = self.discriminator(fake).float()
        penalty = gradient_penalty(self.discriminator, real, fake, draws)
        loss = fake_score.mean() - real_score.mean() + self.penalty * penalty
        return loss, real_score, fake_score

    def generator_loss(self, fake, real, draws):
        return -self.discriminator(fake).float().mean()

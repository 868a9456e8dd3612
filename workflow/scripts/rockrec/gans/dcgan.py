"""DCGAN: the benchmark, which is allowed to fail (paper, Eq. 5; Radford et al., 2016)."""

import torch
from torch.nn import functional

from .adversaries import Adversaries
from .layers import Discriminator, Generator, initialise
from .settings import GanSettings


class Dcgan(Adversaries):
    """Convolutional GAN with binary cross-entropy.

    The generator minimises -log D(G(z)), not Eq. 5's log(1 - D(G(z))), whose gradient vanishes
    while the discriminator wins (Goodfellow et al., 2014).
    """

    def __init__(self, size: int, settings: GanSettings, random: torch.Generator):
        super().__init__(Generator(size, settings), Discriminator(size, settings, batch_norm=True))
        initialise(self, settings, random)

    def discriminator_loss(self, real, fake, random):
        real_score = self.discriminator(real).float()
        fake_score = self.discriminator(fake).float()
        loss = functional.softplus(-real_score).mean() + functional.softplus(fake_score).mean()
        return loss, real_score, fake_score

    def generator_loss(self, fake):
        return functional.softplus(-self.discriminator(fake).float()).mean()

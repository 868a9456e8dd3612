"""DCGAN: the benchmark, which is allowed to fail (paper, Eq. 5; Radford et al., 2016)."""

import torch
from torch.nn.functional import softplus

from rockrec.gans.adversaries import Adversaries
from rockrec.gans.layers import Discriminator, Generator, initialise
from rockrec.gans.penalties import r1_penalty
from rockrec.plain.records.kinds.networks import ConvolutionalSettings


class Dcgan(Adversaries):
    """Convolutional GAN with binary cross-entropy.

    The generator minimises -log D(G(z)), not Eq. 5's log(1 - D(G(z))), whose gradient vanishes
    while the discriminator wins (Goodfellow et al., 2014). Scores are logits.
    """

    def __init__(self, size: int, settings: ConvolutionalSettings, random: torch.Generator):
        super().__init__(Generator(size, settings), Discriminator(size, settings, batch_norm=True))
        self.smoothing, self.r1 = settings.label_smoothing, settings.r1
        initialise(self, settings, random)

    def discriminator_loss(self, real, fake, draws):
        real_score = self.discriminator(real).float()
        fake_score = self.discriminator(fake).float()
        # -log D = softplus(-score) and -log(1 - D) = softplus(score)
        loss = (1 - self.smoothing) * softplus(-real_score) + self.smoothing * softplus(real_score)
        loss = loss.mean() + softplus(fake_score).mean()
        if self.r1:
            loss = loss + self.r1 * r1_penalty(self.discriminator, real)
        return loss, real_score, fake_score

    def generator_loss(self, fake, real, draws):
        return softplus(-self.discriminator(fake).float()).mean()

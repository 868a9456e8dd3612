"""StyleGAN2-ADA: losses, lazy penalties and the augmentation of what the discriminator sees."""

import torch
from torch.nn.functional import softplus

from rockrec.gans.ada.controller import Controller
from rockrec.gans.ada.pipeline import Pipeline
from rockrec.gans.adversaries import Adversaries
from rockrec.gans.draws import Draws
from rockrec.gans.penalties import r1_penalty
from rockrec.gans.stylegan2.discriminator import Discriminator
from rockrec.gans.stylegan2.generator import Generator
from rockrec.gans.stylegan2.noise import gaussian_noise
from rockrec.gans.stylegan2.path_length import PathLength
from rockrec.gans.stylegan2.starts import WavesStart
from rockrec.gans.transfer import sent
from rockrec.plain.records.kinds.stylegan2_ada import StyleGan2Settings

SEEDS = 2**31


class StyleGan2Ada(Adversaries):
    """Logistic losses on the scores, or on their differences.

    ``logistic``: scores are logits (Karras et al., 2020 a and b). ``relativistic``: the logit is by
    how much a real image scores above a generated one, and R1 stands beside the same penalty at
    generated images, without which such a pair does not settle (Huang et al., 2024).

    The discriminator sees every image, real or generated, augmented and with Gaussian noise, as
    far as the settings say so. R1 is the slope at the real images as it sees them.
    """

    def __init__(self, size: int, settings: StyleGan2Settings, random: torch.Generator):
        generator = self.make_generator(size, settings, random)
        super().__init__(generator, self.make_discriminator(size, settings, random))
        self.settings = settings
        self.relativistic = settings.loss == "relativistic"
        self.path_length = PathLength() if settings.path_length else None
        self.pipeline = self.controller = None
        if settings.ada:
            self.pipeline = Pipeline(settings.ada)
            self.controller = Controller(
                settings.ada_target, settings.ada_every, settings.ada_images
            )

    def make_generator(self, size, settings, random):
        """Return the untrained generator of tiles of `size` px."""
        return Generator(size, settings, random)

    def make_discriminator(self, size, settings, random):
        """Return the untrained discriminator of tiles of `size` px."""
        return Discriminator(size, settings, random)

    def prepare(self, tiles, random):
        if isinstance(self.generator.start, WavesStart):
            self.generator.start.take_spectrum(tiles, random)
        if self.settings.shown_s2:
            self.discriminator.two_point.take(tiles)

    def generate(self, draws, device):
        latent = self._latents(draws, device)
        if not self.settings.style_mixing:
            return self.generator(latent)
        other = self._latents(draws, device)
        crossover = 1 + draws.lines(self.generator.styles - 1)
        unmixed = draws.uniform() >= self.settings.style_mixing
        crossover = crossover.masked_fill(unmixed, self.generator.styles)
        return self.generator(latent, other, sent(crossover, device))

    def seen(self, images: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Return images (n, 1, size, size) as the discriminator is shown them."""
        images = images.float()
        if self.pipeline is not None:
            with torch.autocast(images.device.type, enabled=False):
                images = self.pipeline(images, self.controller.probability(), draws)
        if self.settings.input_noise:
            seeds = sent(draws.lines(SEEDS), images.device)
            noise = gaussian_noise(seeds, 0, *images.shape[2:])
            images = images + self.settings.input_noise * noise
        return images

    def discriminator_loss(self, real, fake, draws):
        real_score = self.discriminator(self.seen(real, draws)).float()
        fake_score = self.discriminator(self.seen(fake, draws)).float()
        if self.controller is not None:
            above = real_score - fake_score if self.relativistic else real_score
            self.controller.update(above, draws.processes)
        if self.relativistic:
            return softplus(fake_score - real_score).mean(), real_score, fake_score
        # -log D = softplus(-score) and -log(1 - D) = softplus(score)
        loss = softplus(-real_score).mean() + softplus(fake_score).mean()
        return loss, real_score, fake_score

    def generator_loss(self, fake, real, draws):
        score = self.discriminator(self.seen(fake, draws)).float()
        if self.relativistic:
            with torch.no_grad():
                real_score = self.discriminator(self.seen(real, draws)).float()
            score = score - real_score
        return softplus(-score).mean()

    def lazy_penalty(self, player, real, draws):
        if player == "discriminator":
            penalty = r1_penalty(self.discriminator, self.seen(real, draws))
            if self.relativistic:
                with torch.no_grad():
                    fake = self.generate(draws, real.device)
                penalty += r1_penalty(self.discriminator, self.seen(fake, draws))
            return self.settings.r1 * penalty
        # Every second image: half a batch is enough (Karras et al., 2020 a, appendix B).
        device = self.generator.mean_w.device
        latent = self._latents(draws, device)[::2]
        seeds = sent(draws.lines(SEEDS)[::2], device)
        penalty = self.path_length(self.generator, latent, seeds, draws.processes)
        return self.settings.path_length * penalty

    def told(self):
        return {} if self.controller is None else {"ada_p": self.controller.p.clone()}

    def _latents(self, draws, device):
        return sent(draws.latents(self.generator.latent), device)

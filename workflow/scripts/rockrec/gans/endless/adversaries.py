"""The endless generator and its discriminator, which sees crops of tiles."""

from rockrec.gans.batches import crop_side
from rockrec.gans.endless.generator import Generator
from rockrec.gans.stylegan2.adversaries import StyleGan2Ada


class Endless(StyleGan2Ada):
    """Losses, penalty and augmentation are those of StyleGAN2-ADA."""

    def __init__(self, size, settings, random):
        self.crop = crop_side(settings, size)
        super().__init__(size, settings, random)

    def make_generator(self, size, settings, random):
        return Generator(size, settings, random)

    def make_discriminator(self, size, settings, random):
        return super().make_discriminator(self.crop, settings, random)

    def prepare(self, tiles, random):
        if self.settings.shown_s2:
            self.discriminator.two_point.take(tiles)

    def generate(self, draws, device):
        return self.generator(self._latents(draws, device), self.crop)

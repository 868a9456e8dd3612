"""The blocks that DCGAN and WGAN-GP are built of: a generator and a discriminator.

Tensors are (n, channels, height, width); images lie in [-1, 1], one channel.
"""

import math

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from rockrec.plain.network_sizes import check_size
from rockrec.plain.records.kinds.networks import ConvolutionalSettings

NORMAL_STD = 0.02
STATISTICS_BATCHES = 8
STATISTICS_BATCH = 64


def widths(size: int, settings: ConvolutionalSettings) -> list[int]:
    """Return the channels at 4, 8, ... , size / 2 px: halving from layer to layer, capped."""
    check_size(size)
    doublings = int(math.log2(size // 8))
    return [min(settings.channels << k, settings.max_channels) for k in range(doublings, -1, -1)]


class Generator(nn.Sequential):
    """From a latent vector to an image: 4 x 4 px, then doubled until it has the size.

    After each convolution but the last come BatchNorm and ReLU, after the last tanh. The paper's
    generator has ``upsampling: transposed`` and ``pointwise: true``.
    """

    def __init__(self, size: int, settings: ConvolutionalSettings):
        layers = widths(size, settings)
        self.latent = settings.latent
        blocks = [nn.ConvTranspose2d(settings.latent, layers[0], 4, bias=False)]
        blocks += _norm_and_relu(layers[0])
        for wide, narrow in zip(layers, layers[1:], strict=False):
            blocks += _doubling(wide, narrow, settings.upsampling) + _norm_and_relu(narrow)
        if settings.pointwise:
            blocks += [nn.Conv2d(layers[-1], layers[-1], 1, bias=False)]
            blocks += _norm_and_relu(layers[-1])
        super().__init__(*blocks, *_doubling(layers[-1], 1, settings.upsampling), nn.Tanh())

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """Draw images (n, 1, size, size) from latent vectors (n, latent).

        From a grid of them (n, latent, rows, columns) larger images, (rows + 3) * size / 4 high.
        """
        return super().forward(latent[:, :, None, None] if latent.ndim == 2 else latent)

    @torch.no_grad()
    def gather_statistics(self, random: torch.Generator) -> None:
        """Measure BatchNorm's statistics anew, on samples that depend on `random` alone.

        Those gathered in training are of earlier weights, and none are gathered for a running
        mean.
        """
        norms = [module for module in self.modules() if isinstance(module, nn.BatchNorm2d)]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # torch's word for the plain mean over the batches
        device = next(self.parameters()).device
        self.train()
        for _ in range(STATISTICS_BATCHES):
            self(torch.randn(STATISTICS_BATCH, self.latent, generator=random).to(device))


class Discriminator(nn.Sequential):
    """From an image to one number: halved by strided convolutions to 4 x 4 px, then to 1.

    Without ``batch_norm`` it is the critic of WGAN-GP, whose penalty is meant for one image at
    a time; with it (all layers but the first and last) the discriminator of DCGAN.
    """

    def __init__(self, size: int, settings: ConvolutionalSettings, batch_norm: bool):
        layers = widths(size, settings)[::-1]
        blocks = [nn.Conv2d(1, layers[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for narrow, wide in zip(layers, layers[1:], strict=False):
            blocks += [nn.Conv2d(narrow, wide, 4, 2, 1, bias=False)]
            blocks += [nn.BatchNorm2d(wide)] if batch_norm else []
            blocks += [nn.LeakyReLU(0.2)]
        super().__init__(*blocks, nn.Conv2d(layers[-1], 1, 4, bias=False))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (n, 1, size, size): (n,), higher for real."""
        return super().forward(images).flatten()


class Blur(nn.Module):
    """Weigh pixels with their neighbours, 1 2 1 along rows and columns: no checkerboard passes."""

    def __init__(self):
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("kernel", line[:, None] * line, persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Blur each channel by itself; the border is repeated outside."""
        channels = images.shape[1]
        kernel = self.kernel.to(images.dtype).expand(channels, 1, 3, 3)
        padded = functional.pad(images, (1, 1, 1, 1), mode="replicate")
        return functional.conv2d(padded, kernel, groups=channels)


def initialise(
    networks: nn.Module, settings: ConvolutionalSettings, random: torch.Generator
) -> None:
    """Draw convolution weights as ``initial_weights`` says; BatchNorm starts as the identity.

    ``he``: variance 2 / (number of inputs that an output pixel sums over). With
    ``spectral_norm`` the discriminator's convolutions are then held to a largest singular
    value of 1 (Miyato et al., 2018).
    """
    for module in networks.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            std = NORMAL_STD
            if settings.initial_weights == "he":
                inputs = module.in_channels * math.prod(module.kernel_size)
                if isinstance(module, nn.ConvTranspose2d):
                    inputs /= math.prod(module.stride)
                std = math.sqrt(2 / inputs)
            with torch.no_grad():
                module.weight.normal_(0.0, std, generator=random)
    if settings.spectral_norm:
        # The first singular vectors are drawn from torch's own random state.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random.initial_seed())
            for module in list(networks.discriminator):
                if isinstance(module, nn.Conv2d):
                    parametrizations.spectral_norm(module)


def _doubling(wide: int, narrow: int, upsampling: str) -> list[nn.Module]:
    if upsampling == "resize":
        return [
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(wide, narrow, 3, padding=1, bias=False),
        ]
    transposed = nn.ConvTranspose2d(wide, narrow, 4, 2, 1, bias=False)
    return [transposed, Blur()] if upsampling == "blur" else [transposed]


def _norm_and_relu(channels: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels), nn.ReLU()]

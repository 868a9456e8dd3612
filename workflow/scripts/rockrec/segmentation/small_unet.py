"""A small U-Net that sees every pixel: few channels, and a first level at full resolution.

A network that halves its input at once, as encoders for photographs do, draws boundaries of a
pixel's width from what is left at half resolution.
"""

import torch
from torch import nn
from torch.nn.functional import interpolate, max_pool2d

CHANNELS = (8, 16, 32, 64, 64)  # by level, each at half the resolution of the one before


class SmallUNet(nn.Module):
    """U-Net (Ronneberger et al., MICCAI 2015) with batch normalisation: a gray channel in.

    Parameters
    ----------
    n_classes : channels out, at the resolution of the input, whose sides are multiples of 16 px.
    """

    def __init__(self, n_classes: int):
        super().__init__()
        pairs = zip((1, *CHANNELS), CHANNELS, strict=False)
        self.encoder = nn.ModuleList(_convolutions(*pair) for pair in pairs)
        pairs = zip(CHANNELS[::-1], CHANNELS[-2::-1], strict=False)
        self.decoder = nn.ModuleList(_convolutions(below + own, own) for below, own in pairs)
        self.head = nn.Conv2d(CHANNELS[0], n_classes, 1)

    def forward(self, gray: torch.Tensor) -> torch.Tensor:
        """Return scores (n, classes, h, w) of images (n, 1, h, w)."""
        first, *deeper = self.encoder
        levels = [first(gray)]
        for convolutions in deeper:
            levels.append(convolutions(max_pool2d(levels[-1], 2)))
        scores = levels.pop()
        for convolutions in self.decoder:
            enlarged = interpolate(scores, scale_factor=2.0)
            scores = convolutions(torch.cat([enlarged, levels.pop()], dim=1))
        return self.head(scores)


def _convolutions(channels_in: int, channels_out: int) -> nn.Sequential:
    layers = []
    for channels in (channels_in, channels_out):
        layers += [
            nn.Conv2d(channels, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)

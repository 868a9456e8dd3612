"""The modulated convolution (Karras et al., 2020, section 2.2)."""

import math

import torch
from torch import nn
from torch.nn import functional

from rockrec.gans.stylegan2.equalised import EqualisedLinear
from rockrec.gans.stylegan2.filters import smoothed

TINY = 1e-8


class ModulatedConv(nn.Module):
    """A convolution whose input channels each image weighs by a style of its own.

    The paper scales the weights by the style, and divides them by their norm per output channel
    (demodulation), which gives each image weights of its own. Here the activations are scaled
    instead, before and after one convolution that all images share: the same up to rounding.

    Parameters
    ----------
    latent : length of the vectors w that the styles are made of.
    doubling : give twice the resolution.
    gain : factor of the demodulated output.
    """

    def __init__(self, inputs, outputs, kernel, latent, random, *, doubling=False, gain=1.0):
        super().__init__()
        shape = (outputs, inputs, kernel, kernel)
        self.weight = nn.Parameter(torch.randn(shape, generator=random))
        self.style = EqualisedLinear(latent, inputs, random, bias=1.0)
        self.scale = 1 / math.sqrt(inputs * kernel**2)
        self.kernel, self.doubling, self.gain = kernel, doubling, gain

    def forward(
        self, signal: torch.Tensor, w: torch.Tensor, added: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Convolve (n, inputs, h, w) in the styles of the vectors w (n, latent).

        `added` (n, 1 or outputs, h, w) comes on top of the demodulated output; without it there
        is no demodulation.
        """
        # In float32 whatever the convolution's precision: the styles are squared.
        with torch.autocast(w.device.type, enabled=False):
            weight = self.weight * self.scale
            style = self.style(w)
            if added is not None:
                squares = functional.linear(style.square(), weight.square().sum(dim=(2, 3)))
                norm = self.gain * torch.rsqrt(squares + TINY)[:, :, None, None]
        signal = signal * style[:, :, None, None].to(signal.dtype)
        if self.doubling:
            # The transposed convolution leaves room for one more pixel, the filter takes it. Of
            # its inputs one in four is not zero: four times the weight keeps the level.
            signal = functional.conv_transpose2d(signal, 4 * weight.transpose(0, 1), stride=2)
            signal = smoothed(signal, padding=self.kernel // 2)
        else:
            signal = functional.conv2d(signal, weight, padding=self.kernel // 2)
        if added is None:
            return signal
        return torch.addcmul(added.to(signal.dtype), signal, norm.to(signal.dtype))

"""Layers with an equalised learning rate (Karras et al., 2018).

Weights are kept at unit variance and scaled when they are used, so that Adam, whose steps do not
depend on the size of a gradient, changes each layer by the same share.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from rockrec.gans.stylegan2.filters import halved, smoothed

SLOPE = 0.2
# The gain of a layer before a leaky ReLU, which so keeps the variance of the signal, nearly.
GAIN = math.sqrt(2)


def activated(signal: torch.Tensor) -> torch.Tensor:
    """Return the leaky ReLU of a signal whose layer has the gain √2."""
    return functional.leaky_relu(signal, SLOPE)


class EqualisedLinear(nn.Module):
    """A dense layer (n, inputs) to (n, outputs).

    Parameters
    ----------
    rate : how fast the layer learns relative to the others.
    bias : what the bias starts at.
    gain : factor of the output.
    """

    def __init__(self, inputs, outputs, random, *, rate=1.0, bias=0.0, gain=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, generator=random) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.bias_scale = gain * rate / math.sqrt(inputs), gain * rate

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        return functional.linear(signal, self.weight * self.scale, self.bias * self.bias_scale)


class EqualisedConv(nn.Module):
    """A convolution (n, inputs, h, w) to (n, outputs, h, w), or to half of h and w.

    Halving smooths first, so that no pixel is left out and no pattern aliased. `gain` is a
    factor of the output.
    """

    def __init__(self, inputs, outputs, kernel, random, *, halving=False, bias=True, gain=1.0):
        super().__init__()
        shape = (outputs, inputs, kernel, kernel)
        self.weight = nn.Parameter(torch.randn(shape, generator=random))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale, self.gain = gain / math.sqrt(inputs * kernel**2), gain
        self.kernel, self.halving = kernel, halving

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        weight, padding = self.weight * self.scale, self.kernel // 2
        bias = None if self.bias is None else self.bias * self.gain
        if self.halving and self.kernel == 1:  # which needs no pixel that is dropped
            return functional.conv2d(halved(signal), weight, bias)
        if self.halving:
            signal = smoothed(signal, padding=1 + padding)
            return functional.conv2d(signal, weight, bias, stride=2)
        return functional.conv2d(signal, weight, bias, padding=padding)

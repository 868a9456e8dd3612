"""Halving, doubling and smoothing images with the filter 1 3 3 1 along rows and columns.

Each channel by itself, in one depthwise convolution: the same as inserting zeros and filtering,
or as filtering and dropping pixels, without the pixels in between. Outside an image is 0.

The filter is symmetric, so the transpose of each map is one of the three again, and so is every
derivative. Autograd is told so: its own second derivative of a depthwise convolution goes channel
by channel. How a map is computed is up to where: a processor has depthwise convolutions, a GPU
is fast at means of two neighbours (1 1 three times over is 1 3 3 1), and a compiler fuses sums of
shifted images.
"""

import math
from collections.abc import Callable
from functools import cache, partial

import torch
from torch.nn import functional

LINE = (1.0, 3.0, 3.0, 1.0)
MEANS = len(LINE) - 1  # of two neighbours each, that make the filter
Map = Callable[[torch.Tensor], torch.Tensor]


def doubled(images: torch.Tensor) -> torch.Tensor:
    """Return images (n, c, h, w) at twice the resolution, (n, c, 2 h, 2 w)."""
    # Of the inserted pixels one in four is not zero: four times the weight keeps the level.
    return _mapped(images, partial(_up, gain=4.0), partial(_down, gain=4.0))


def halved(images: torch.Tensor) -> torch.Tensor:
    """Return images (n, c, h, w) at half the resolution, (n, c, h / 2, w / 2)."""
    return _mapped(images, partial(_down, gain=1.0), partial(_up, gain=1.0))


def smoothed(images: torch.Tensor, padding: int) -> torch.Tensor:
    """Filter images (n, c, h, w) with `padding` px of zeros around: 2 · padding - 3 px larger."""
    there = partial(_smooth, padding=padding)
    return _mapped(images, there, partial(_smooth, padding=MEANS - padding))


def form_for(images: torch.Tensor) -> str:
    """Return how images are filtered where they are: ``convolved``, ``means`` or ``shifted``."""
    if torch.compiler.is_compiling():
        return "shifted"
    return "convolved" if images.device.type == "cpu" else "means"


def _mapped(images: torch.Tensor, there: Map, back: Map) -> torch.Tensor:
    if torch.compiler.is_compiling():  # it derives once, by itself
        return there(images)
    return _Linear.apply(images, there, back)


class _Linear(torch.autograd.Function):
    """A linear map whose transpose is known: each is the other's backward pass."""

    @staticmethod
    def forward(ctx, images, there, back):
        ctx.there, ctx.back = there, back
        return there(images)

    @staticmethod
    def backward(ctx, slope):
        return _Linear.apply(slope, ctx.back, ctx.there), None, None


def _smooth(images: torch.Tensor, padding: int) -> torch.Tensor:
    return _filtered(images, padding, stride=1)


def _down(images: torch.Tensor, gain: float) -> torch.Tensor:
    return _filtered(images, padding=1, stride=2, gain=gain)


def _filtered(images: torch.Tensor, padding: int, stride: int, gain: float = 1.0) -> torch.Tensor:
    """Filter images with zeros around, and keep every `stride`-th pixel."""
    form = form_for(images)
    if form == "convolved":
        kernel, channels = _kernel(images, gain), images.shape[1]
        return functional.conv2d(images, kernel, stride=stride, padding=padding, groups=channels)
    if form == "means":
        for number in range(MEANS):
            step = stride if number == MEANS - 1 else 1
            images = functional.avg_pool2d(images, 2, step, int(number < padding))
        return images if gain == 1 else gain * images
    images = functional.pad(images, [padding] * 4)
    for axis in (2, 3):
        outer = _every(images, axis, 0, stride) + _every(images, axis, 3, stride)
        inner = _every(images, axis, 1, stride) + _every(images, axis, 2, stride)
        images = (LINE[0] * outer + LINE[1] * inner) * (math.sqrt(gain) / sum(LINE))
    return images


def _every(images: torch.Tensor, axis: int, first: int, stride: int) -> torch.Tensor:
    """The pixels along an axis that the filter's number `first` weighs."""
    stop = first + images.shape[axis] - MEANS
    chosen = slice(first, stop, stride)
    return images[:, :, chosen] if axis == 2 else images[:, :, :, chosen]


def _up(images: torch.Tensor, gain: float) -> torch.Tensor:
    """Return the transpose of `_down`."""
    if form_for(images) == "convolved":
        kernel, channels = _kernel(images, gain), images.shape[1]
        return functional.conv_transpose2d(images, kernel, stride=2, padding=1, groups=channels)
    # Along each axis a pixel becomes two, each with a share of the neighbour on its side.
    near, far = (math.sqrt(gain) * weight / sum(LINE) for weight in (LINE[1], LINE[0]))
    for axis, beyond in ((2, [0, 0, 1, 1]), (3, [1, 1])):
        count, padded = images.shape[axis], functional.pad(images, beyond)
        before, after = padded.narrow(axis, 0, count), padded.narrow(axis, 2, count)
        pair = [near * images + far * before, near * images + far * after]
        images = torch.stack(pair, dim=axis + 1).flatten(axis, axis + 1)
    return images


def _kernel(images: torch.Tensor, gain: float) -> torch.Tensor:
    return (gain * _square(images.device, images.dtype)).expand(images.shape[1], 1, 4, 4)


@cache
def _square(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    line = torch.tensor(LINE, device=device, dtype=dtype) / sum(LINE)
    return line[:, None] * line

"""Halving, doubling and smoothing images with the filter 1 3 3 1 along rows and columns.

Each channel by itself, in one depthwise convolution: the same as inserting zeros and filtering,
or as filtering and dropping pixels, without the pixels in between. Outside an image is 0.
"""

from functools import cache

import torch
from torch.nn import functional

LINE = (1.0, 3.0, 3.0, 1.0)


def doubled(images: torch.Tensor) -> torch.Tensor:
    """Return images (n, c, h, w) at twice the resolution, (n, c, 2 h, 2 w)."""
    channels = images.shape[1]
    # Of the inserted pixels one in four is not zero: four times the weight keeps the level.
    return functional.conv_transpose2d(
        images, 4 * _kernel(images), stride=2, padding=1, groups=channels
    )


def halved(images: torch.Tensor) -> torch.Tensor:
    """Return images (n, c, h, w) at half the resolution, (n, c, h / 2, w / 2)."""
    return functional.conv2d(images, _kernel(images), stride=2, padding=1, groups=images.shape[1])


def smoothed(images: torch.Tensor, padding: int, gain: float = 1.0) -> torch.Tensor:
    """Filter images (n, c, h, w) with `padding` px of zeros around: 2 · padding - 3 px larger."""
    kernel = gain * _kernel(images)
    return functional.conv2d(images, kernel, padding=padding, groups=images.shape[1])


def _kernel(images: torch.Tensor) -> torch.Tensor:
    return _square(images.device, images.dtype).expand(images.shape[1], 1, 4, 4)


@cache
def _square(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    line = torch.tensor(LINE, device=device, dtype=dtype) / sum(LINE)
    return line[:, None] * line

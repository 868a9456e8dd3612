"""Moving images by a matrix, at twice their resolution, so that nothing is aliased."""

from functools import cache

import torch
from torch.nn import functional

from rockrec.gans.transfer import sent

TAPS = 12  # as many as the wavelet of the paper has
BETA = 4.0
MARGIN = TAPS // 4  # px that the filter reaches beyond an image


def warped(images: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
    """Move each image by its matrix; outside, the image is mirrored at its border.

    The image is doubled with a low-pass filter, read at the moved pixels' places, twice as
    dense as those asked for (bilinear), and halved with the same filter.

    Parameters
    ----------
    images : (n, 1, size, size).
    matrices : (n, 3, 3), from places in the image to places in the result, see `matrices`.
    """
    size = images.shape[-1]
    # Places of the pixels of the doubled result, with a margin for the filter that halves it.
    count = 2 * (size + 2 * MARGIN)
    places = (torch.arange(count, device=images.device) + 0.5) / 2 - count / 4
    y, x = torch.meshgrid(places, places, indexing="ij")
    targets = torch.stack([x, y, torch.ones_like(x)], dim=-1).view(1, -1, 3)
    inverse = sent(torch.linalg.inv(matrices), images.device)
    sources = (targets @ inverse.transpose(1, 2))[..., :2] / (size / 2)
    moved = functional.grid_sample(
        _doubled(images),
        sources.view(len(images), count, count, 2).to(images.dtype),
        mode="bilinear",
        padding_mode="reflection",
        align_corners=False,
    )
    return _halved(moved)


def _doubled(images: torch.Tensor) -> torch.Tensor:
    size = images.shape[-1]
    inside = torch.arange(size, device=images.device)
    mirrored = torch.cat([inside[:MARGIN].flip(0), inside, inside[-MARGIN:].flip(0)])
    signal = images[:, :, mirrored][..., mirrored]
    rows, columns = _lines(images)
    signal = functional.conv_transpose2d(signal, 2 * rows, stride=(1, 2))
    signal = functional.conv_transpose2d(signal, 2 * columns, stride=(2, 1))
    # A pixel's two halves lie in the middle of the TAPS pixels that it spreads over.
    cut = 2 * MARGIN + TAPS // 2 - 1
    return signal[..., cut:-cut, cut:-cut]


def _halved(signal: torch.Tensor) -> torch.Tensor:
    rows, columns = _lines(signal)
    signal = functional.conv2d(signal[..., 1:-1, 1:-1], rows, stride=(1, 2))
    return functional.conv2d(signal, columns, stride=(2, 1))


def _lines(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    line = _low_pass(images.device, images.dtype)
    return line.view(1, 1, 1, TAPS), line.view(1, 1, TAPS, 1)


@cache
def _low_pass(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """Return a half-band filter: a sinc in a Kaiser window, of sum 1."""
    places = (torch.arange(TAPS, dtype=torch.float64) - (TAPS - 1) / 2) / 2
    window = torch.kaiser_window(TAPS, periodic=False, beta=BETA, dtype=torch.float64)
    line = torch.sinc(places) * window
    return (line / line.sum()).to(device, dtype)

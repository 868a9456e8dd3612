"""Segment a mosaic in overlapping windows, blended so that no seam shows."""

from collections.abc import Iterator

import numpy as np
import torch

from rockrec.progress import Progress
from rockrec.segmentation.model import STRIDE, UNet, autocast, check_precision


def segment(
    unet: UNet,
    image: np.ndarray,
    *,
    window: int = 512,
    overlap: int = 128,
    batch: int = 4,
    precision: str = "float32",
    needed: np.ndarray | None = None,
) -> np.ndarray:
    """Give every pixel of a gray mosaic the label of its most probable class.

    The windows' class probabilities are averaged where they overlap, with weights that rise
    smoothly from a window's border inwards and sum to one at every pixel. Beyond the border the
    mosaic is mirrored.

    Parameters
    ----------
    image : 2D gray, on the scale of the mosaic that `unet` was trained on.
    window, overlap : px; the window a multiple of 32, the overlap at most half of it.
    batch : windows per forward pass.
    needed : 2D bool; pixels outside windows that hold a True are left 0 (all are needed by
        default).

    Returns
    -------
    2D uint8 of `unet.classes`.

    Raises
    ------
    ValueError : a setting out of range, or an image that is not 2D.
    """
    _check_windows(image, window, overlap, batch)
    check_precision(precision)
    labels = np.zeros(image.shape, np.uint8)
    values = np.array(unet.classes, np.uint8)
    for rows, probabilities in _blended_rows(
        unet, image, window, overlap, batch, precision, needed
    ):
        seen = probabilities.any(axis=0)
        labels[rows] = np.where(seen, values[probabilities.argmax(axis=0)], 0)
    return labels


def blending_weights(window: int, overlap: int) -> np.ndarray:
    """Weights along one side of a window: neighbours at a distance window - overlap sum to 1."""
    ramp = np.sin(np.pi / 2 * (np.arange(overlap) + 0.5) / max(overlap, 1)) ** 2
    return np.concatenate([ramp, np.ones(window - 2 * overlap), ramp[::-1]]).astype(np.float32)


def _blended_rows(
    unet: UNet,
    image: np.ndarray,
    window: int,
    overlap: int,
    batch: int,
    precision: str,
    needed: np.ndarray | None,
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield bands of rows with their (class, row, column) probabilities, from top to bottom."""
    height, width = image.shape
    step = window - overlap
    n_down, n_right = -(-(height + overlap) // step), -(-(width + overlap) // step)
    padding = [(overlap, n * step - side) for n, side in ((n_down, height), (n_right, width))]
    padded = np.pad(image, padding, mode="reflect")
    wanted = np.pad(np.ones_like(image, bool) if needed is None else needed, padding)
    profile = blending_weights(window, overlap)
    weights = profile[:, None] * profile

    band = np.zeros((len(unet.classes), window, padded.shape[1]), np.float32)
    progress = Progress("segment", n_down)
    for down in range(n_down):
        rows = slice(down * step, down * step + window)
        starts = [
            left
            for left in range(0, n_right * step, step)
            if wanted[rows, left : left + window].any()
        ]
        for first in range(0, len(starts), batch):
            some = starts[first : first + batch]
            gray = np.stack([padded[rows, left : left + window] for left in some])
            for left, one in zip(some, _probabilities(unet, gray, precision), strict=True):
                band[:, :, left : left + window] += one * weights
        top = down * step - overlap
        done = slice(max(top, 0), min(top + step, height))
        if done.start < done.stop:
            inner = slice(done.start - top, done.stop - top)
            yield done, band[:, inner, overlap : overlap + width]
        band[:, :overlap] = band[:, step:]
        band[:, overlap:] = 0
        if needed is None:  # the whole mosaic: long work
            progress.report(down + 1)


def _probabilities(unet: UNet, gray: np.ndarray, precision: str) -> np.ndarray:
    """Class probabilities (n, class, window, window) of windows (n, window, window)."""
    unet.network.eval()
    crops = unet.normalised(gray).unsqueeze(1).to(unet.device)
    crops = crops.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), autocast(unet.device, precision):
        scores = unet.network(crops)
    return scores.float().softmax(dim=1).cpu().numpy()


def _check_windows(image: np.ndarray, window: int, overlap: int, batch: int) -> None:
    if image.ndim != 2 or image.size == 0:
        raise ValueError(f"an image to segment has two dimensions, not shape {image.shape}")
    if window < STRIDE or window % STRIDE:
        raise ValueError(f"window must be a multiple of {STRIDE} px, not {window}")
    if not 0 <= overlap <= window // 2:
        raise ValueError(f"overlap must be 0 to {window // 2} px, half the window, not {overlap}")
    if batch < 1:
        raise ValueError(f"batch must be 1 or more, not {batch}")

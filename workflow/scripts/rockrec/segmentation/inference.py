"""Segment a mosaic in overlapping windows, blended so that no seam shows."""

from collections.abc import Iterator

import numpy as np
import torch

from rockrec.housekeeping.progress import Progress
from rockrec.plain.network_sizes import UNET_STRIDE
from rockrec.segmentation.model import UNet, autocast, check_precision


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
    """Segment an image (H, W) in memory; see `segmented_bands`.

    `needed` is 2D bool; pixels outside windows that hold a True are left 0 (all are needed by
    default).
    """
    settings = dict(window=window, overlap=overlap, batch=batch, precision=precision)
    return np.concatenate(list(segmented_bands(unet, image, **settings, needed=needed)))


def segmented_bands(
    unet: UNet,
    mosaic,
    *,
    window: int = 512,
    overlap: int = 128,
    batch: int = 4,
    precision: str = "float32",
    needed: np.ndarray | None = None,
    outside=None,
) -> Iterator[np.ndarray]:
    """Give every pixel of a gray mosaic the label of its most probable class.

    The windows' class probabilities are averaged where they overlap, with weights that rise
    smoothly from a window's border inwards and sum to one at every pixel. Beyond the border the
    mosaic is mirrored.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic, on the scale of `unet.gray_range`.
    window, overlap : px; the window a multiple of 32, the overlap at most half of it.
    batch : windows per forward pass.
    outside : pixels that are no rock, 2D bool that is read like an array; their label is 0.

    Yields
    ------
    The rows of the label image from top to bottom, uint8 of `unet.classes`.

    Raises
    ------
    ValueError : a setting out of range, or an image that is not 2D.
    """
    _check_windows(mosaic.shape, window, overlap, batch)
    check_precision(precision)
    if outside is not None:
        needed = _Rock(outside)
    bands = _labelled_bands(unet, mosaic, window, overlap, batch, precision, needed)
    return bands if outside is None else cleared(bands, outside)


class _Rock:
    """What is not outside, read by rows."""

    def __init__(self, outside):
        self.outside = outside

    def __getitem__(self, rows: slice) -> np.ndarray:
        return ~self.outside[rows]


def cleared(bands: Iterator[np.ndarray], outside) -> Iterator[np.ndarray]:
    """Pass labels on, 0 where they are outside."""
    top = 0
    for labels in bands:
        labels[outside[top : top + len(labels)]] = 0
        yield labels
        top += len(labels)


def _labelled_bands(unet, mosaic, window, overlap, batch, precision, needed):
    values = np.array(unet.classes, np.uint8)
    for probabilities in _blended_bands(unet, mosaic, window, overlap, batch, precision, needed):
        labels = values[probabilities.argmax(axis=0)]
        seen = isinstance(needed, np.ndarray)  # windows without a needed pixel were not
        yield np.where(probabilities.any(axis=0), labels, 0) if seen else labels


def blending_weights(window: int, overlap: int) -> np.ndarray:
    """Weights along one side of a window: neighbours at a distance window - overlap sum to 1."""
    ramp = np.sin(np.pi / 2 * (np.arange(overlap) + 0.5) / max(overlap, 1)) ** 2
    return np.concatenate([ramp, np.ones(window - 2 * overlap), ramp[::-1]]).astype(np.float32)


def _blended_bands(
    unet: UNet,
    mosaic,
    window: int,
    overlap: int,
    batch: int,
    precision: str,
    needed: np.ndarray | None,
) -> Iterator[np.ndarray]:
    """Yield bands of (class, row, column) probabilities, from top to bottom."""
    height, width = mosaic.shape
    step = window - overlap
    n_down, n_right = -(-(height + overlap) // step), -(-(width + overlap) // step)
    profile = blending_weights(window, overlap)
    weights = profile[:, None] * profile
    # Mirrored as far as windows reach beyond the border.
    padded_width = (n_right - 1) * step + window
    columns = _mirrored(np.arange(padded_width) - overlap, width)

    band = np.zeros((len(unet.classes), window, padded_width), np.float32)
    progress = Progress("segment", n_down)
    for down in range(n_down):
        top = down * step - overlap
        rows = _mirrored(np.arange(top, top + window), height)
        reach = slice(rows.min(), rows.max() + 1)
        gray = mosaic[reach][rows - reach.start].take(columns, axis=1)
        wanted = None if needed is None else needed[reach][rows - reach.start].take(columns, axis=1)
        starts = [
            left
            for left in range(0, n_right * step, step)
            if wanted is None or wanted[:, left : left + window].any()
        ]
        for first in range(0, len(starts), batch):
            some = starts[first : first + batch]
            windows = np.stack([gray[:, left : left + window] for left in some])
            for left, one in zip(some, _probabilities(unet, windows, precision), strict=True):
                one *= weights
                band[:, :, left : left + window] += one
        done = slice(max(top, 0), min(top + step, height))
        if done.start < done.stop:
            yield band[:, done.start - top : done.stop - top, overlap : overlap + width]
        band[:, :overlap] = band[:, step:]
        band[:, overlap:] = 0
        if not isinstance(needed, np.ndarray):  # the whole mosaic: long work
            progress.report(down + 1)


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    """Places along an axis of `size` px, those beyond its ends mirrored (ends not repeated)."""
    period = max(2 * (size - 1), 1)
    places = places % period
    return np.minimum(places, period - places)


def _probabilities(unet: UNet, gray: np.ndarray, precision: str) -> np.ndarray:
    """Class probabilities (n, class, window, window) of windows (n, window, window)."""
    unet.network.eval()
    crops = unet.normalised(gray).unsqueeze(1).to(unet.device)
    crops = crops.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), autocast(unet.device, precision):
        scores = unet.network(crops)
    return scores.float().softmax(dim=1).cpu().numpy()


def _check_windows(shape: tuple[int, ...], window: int, overlap: int, batch: int) -> None:
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"an image to segment has two dimensions, not shape {shape}")
    if window < UNET_STRIDE or window % UNET_STRIDE:
        raise ValueError(f"window must be a multiple of {UNET_STRIDE} px, not {window}")
    if not 0 <= overlap <= window // 2:
        raise ValueError(f"overlap must be 0 to {window // 2} px, half the window, not {overlap}")
    if batch < 1:
        raise ValueError(f"batch must be 1 or more, not {batch}")

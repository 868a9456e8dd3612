"""Segment a mosaic with a forest, block by block."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rockrec.housekeeping.progress import Progress
from rockrec.segmentation.forests.features import HALO, features_of
from rockrec.segmentation.forests.model import Forest, normalised

BLOCK = 512  # px


def surroundings(mosaic, rows: slice, columns: slice) -> np.ndarray:
    """Read a piece of a mosaic with `HALO` px around it, mirrored beyond the mosaic's border."""
    spans, lacking = [], []
    for span, side in zip((rows, columns), mosaic.shape, strict=True):
        first, end = span.start - HALO, span.stop + HALO
        spans.append(slice(max(first, 0), min(end, side)))
        lacking.append((max(-first, 0), max(end - side, 0)))
    return np.pad(np.asarray(mosaic[tuple(spans)]), lacking, mode="reflect")


def probabilities(forest: Forest, gray: np.ndarray) -> np.ndarray:
    """Return how probable the classes are at each pixel: the mean over the trees.

    Parameters
    ----------
    gray : (HALO + h + HALO, HALO + w + HALO) gray levels, from `surroundings`.

    Returns
    -------
    (classes, h, w) float32, the same for a pixel whatever piece it lies in.
    """
    features = features_of(normalised(gray, forest.gray_range))
    votes = forest.trees.votes(features.reshape(len(features), -1))
    return votes.reshape(-1, *features.shape[1:])


def forest_bands(forest: Forest, mosaic, threads: int = 1) -> Iterator[np.ndarray]:
    """Yield the rows of the label image from top to bottom, uint8 of `forest.classes`.

    Each pixel gets its most probable class, the first of equals.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic, on the scale of `forest.gray_range`.
    """
    height, width = mosaic.shape
    values = np.array(forest.classes, np.uint8)

    def labels_of(left: int) -> np.ndarray:
        piece = gray[:, left : left + BLOCK + 2 * HALO]
        return values[probabilities(forest, piece).argmax(axis=0)]

    tops = range(0, height, BLOCK)
    progress = Progress("segment", len(tops))
    with ThreadPoolExecutor(threads) as pool:
        for number, top in enumerate(tops, start=1):
            rows = slice(top, min(top + BLOCK, height))
            gray = surroundings(mosaic, rows, slice(0, width))
            yield np.concatenate(list(pool.map(labels_of, range(0, width, BLOCK))), axis=1)
            progress.report(number)

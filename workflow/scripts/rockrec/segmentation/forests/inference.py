"""Segment a mosaic with a forest, block by block."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rockrec.housekeeping.progress import Progress
from rockrec.segmentation.confidence import Confidence
from rockrec.segmentation.forests.features import HALO, features_of
from rockrec.segmentation.forests.model import Forest, normalised

BLOCK = 512  # px


def surroundings(image, rows: slice, columns: slice) -> np.ndarray:
    """Read a piece of an image with `HALO` px around it, mirrored beyond the image's border."""
    spans, lacking = [], []
    for span, side in zip((rows, columns), image.shape, strict=True):
        first, end = span.start - HALO, span.stop + HALO
        spans.append(slice(max(first, 0), min(end, side)))
        lacking.append((max(-first, 0), max(end - side, 0)))
    return np.pad(np.asarray(image[spans[0]])[:, spans[1]], lacking, mode="reflect")


def probabilities(
    forest: Forest, gray: np.ndarray, outside: np.ndarray | None = None
) -> np.ndarray:
    """Return how probable the classes are at each pixel: the mean over the trees.

    Parameters
    ----------
    gray : (HALO + h + HALO, HALO + w + HALO) gray levels, from `surroundings`.
    outside : bool of the same shape, pixels that are no rock.

    Returns
    -------
    (classes, h, w) float32, the same for a pixel whatever piece it lies in.
    """
    features = features_of(normalised(gray, forest.gray_range), outside)
    votes = forest.trees.votes(features.reshape(len(features), -1))
    return votes.reshape(-1, *features.shape[1:])


def forest_bands(
    forest: Forest,
    mosaic,
    *,
    outside=None,
    confidence: Confidence | None = None,
    threads: int = 1,
) -> Iterator[np.ndarray]:
    """Yield the rows of the label image from top to bottom, uint8 of `forest.classes`.

    Each pixel gets its most probable class, the first of equals.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic, on the scale of `forest.gray_range`.
    outside : pixels that are no rock, 2D bool that is read like an array; their label is 0, and
        no feature of another pixel sees them.
    confidence : is told how probable the labels are.
    """
    height, width = mosaic.shape
    values = np.array(forest.classes, np.uint8)

    def found_at(left: int) -> tuple[np.ndarray, np.ndarray]:
        """Labels, and how probable they are."""
        piece = np.s_[:, left : left + BLOCK + 2 * HALO]
        if hidden is None:
            shares = probabilities(forest, gray[piece])
            return values[shares.argmax(axis=0)], shares.max(axis=0)
        here = hidden[piece][HALO:-HALO, HALO:-HALO]
        if here.all():
            return np.zeros(here.shape, np.uint8), np.zeros(here.shape, np.float32)
        shares = probabilities(forest, gray[piece], hidden[piece])
        return np.where(here, np.uint8(0), values[shares.argmax(axis=0)]), shares.max(axis=0)

    if confidence is not None:
        confidence.begin(mosaic.shape, outside)
    tops = range(0, height, BLOCK)
    progress = Progress("segment", len(tops))
    with ThreadPoolExecutor(threads) as pool:
        for number, top in enumerate(tops, start=1):
            rows = slice(top, min(top + BLOCK, height))
            gray = surroundings(mosaic, rows, slice(0, width))
            hidden = None if outside is None else surroundings(outside, rows, slice(0, width))
            pairs = zip(*pool.map(found_at, range(0, width, BLOCK)), strict=True)
            labels, probable = (np.concatenate(pieces, axis=1) for pieces in pairs)
            if confidence is not None:
                confidence.add(probable)
            yield labels
            progress.report(number)

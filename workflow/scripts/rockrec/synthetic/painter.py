"""The person who labels: brush strokes of both classes in fields spread over a mosaic."""

import cv2
import numpy as np

from rockrec.synthetic.plane import stream

PHASE_OF_INTEREST, REST = 1, 2  # values of the sparse labels
FIELD, APART = 160, 400  # px: side of a field, and about one in each such square
MARGIN = 4  # px around a field within which the rest counts as beside a pore
LAYER = 60


def fields(seed: int, height: int, width: int) -> list[tuple[int, int]]:
    """Return row and column of the fields: on a jittered grid of about 400 px."""
    random = stream(seed, LAYER, 0, 0)
    return [(top, left) for top in _spread(height, random) for left in _spread(width, random)]


def _spread(length: int, random: np.random.Generator) -> list[int]:
    """Positions of fields along an axis, one in each of its equal parts."""
    parts = max(1, round(length / APART))
    part = length / parts
    starts = [
        int(index * part + random.uniform(0, max(part - FIELD, 1.0))) for index in range(parts)
    ]
    return [min(start, max(length - FIELD, 0)) for start in starts]


def paint(truth: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Paint a field: labels (side, side) uint8 of its truth, which has a margin around.

    Strokes of 2 to 5 px width are drawn on the phase of interest, on the rest beside it and on
    the rest anywhere. A stroke stops where its class ends.
    """
    beside = cv2.dilate(truth, np.ones((2 * MARGIN + 1,) * 2, np.uint8)) - truth
    inside = slice(MARGIN, -MARGIN)
    truth, beside = truth[inside, inside], beside[inside, inside]
    labels = np.zeros(truth.shape, np.uint8)
    for where, strokes, value in (
        (truth, 12, PHASE_OF_INTEREST),
        (beside, 12, REST),
        (1 - truth, 8, REST),
    ):
        painted = _strokes(where, strokes, random)
        labels[painted & (truth == (value == PHASE_OF_INTEREST))] = value
    return labels


def _strokes(where: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Draw bent strokes of 15 to 45 px that start on pixels of the mask `where`."""
    painted = np.zeros(where.shape, np.uint8)
    starts = np.argwhere(where)
    for _ in range(count if len(starts) else 0):
        row, column = starts[random.integers(len(starts))]
        bends = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0.0, 0.35, 5))
        steps = np.stack([np.cos(bends), np.sin(bends)], axis=1) * random.uniform(3.0, 9.0)
        path = np.array([column, row]) + np.vstack([np.zeros(2), np.cumsum(steps, axis=0)])
        brush = int(random.integers(2, 6))
        cv2.polylines(painted, [np.round(path).astype(np.int32)], False, 1, brush)
    return painted.astype(bool)

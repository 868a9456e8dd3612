"""What an electron microscope makes of gray levels: blur, shading, charging, noise."""

import cv2
import numpy as np

from rockrec.plain.records.rocks import RockVariant
from rockrec.synthetic.plane import Piece, smooth_noise, stream

MARGIN = 4  # px around a piece that its blur needs
# Layers of random numbers.
SHADING, LINES, STREAKS, NOISE = 40, 41, 42, 43
BLUR = 0.8  # px
SHADING_LENGTH = 700.0  # px
SCAN_TILE = 1024  # px
STREAK_CELL, STREAKS_IN_CELL = 512, 13
LONGEST = 800  # px that a streak may reach


def photograph(seed: int, piece: Piece, gray: np.ndarray, variant: RockVariant) -> np.ndarray:
    """Return the image (height, width) uint8 of a piece whose gray levels have a margin.

    The noise is drawn for the piece, so that a mosaic has to be made of the same pieces.
    """
    cut = slice(MARGIN, -MARGIN)
    image = cv2.GaussianBlur(gray, (0, 0), BLUR)[cut, cut]
    image = image + variant.shading * smooth_noise(seed, SHADING, piece, SHADING_LENGTH)
    if variant.tile_shading:
        down, right = ((place % SCAN_TILE) / SCAN_TILE - 0.5 for place in piece.places)
        image -= variant.tile_shading * 2 * (down**2 + right**2)
    if variant.charging:
        image += variant.charging * _charging(seed, piece)
    noise = stream(seed, NOISE, piece.top, piece.left).standard_normal(piece.shape, np.float32)
    image += variant.noise * noise * np.sqrt(30.0 + 0.5 * np.maximum(image, 0.0))
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _charging(seed: int, piece: Piece) -> np.ndarray:
    """Make streaks along the rows (the scan direction) that decay to the right."""
    rows = np.arange(piece.top, piece.top + piece.height)
    levels = [stream(seed, LINES, row, 0).normal(0.0, 2.0) for row in rows]
    streaks = np.repeat(np.array(levels, np.float32)[:, None], piece.width, axis=1)
    for row, column in piece.cells(STREAK_CELL, LONGEST):
        random = stream(seed, STREAKS, row, column)
        for _ in range(random.poisson(STREAKS_IN_CELL)):
            top = int((row + random.random()) * STREAK_CELL) - piece.top
            left = int((column + random.random()) * STREAK_CELL) - piece.left
            bottom = top + int(random.integers(1, 4))
            decay, strength = random.uniform(40.0, 200.0), random.normal(0.0, 14.0)
            first, end = max(left, 0), min(left + LONGEST, piece.width)
            if bottom <= 0 or top >= piece.height or first >= end:
                continue
            profile = strength * np.exp(-(np.arange(first, end, dtype=np.float32) - left) / decay)
            streaks[max(top, 0) : bottom, first:end] += profile
    return streaks

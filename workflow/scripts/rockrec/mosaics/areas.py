"""Connected areas of a yes-or-no image that is too large for memory."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.ndimage import find_objects, label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rockrec.mosaics.reading import row_bands

BAND = 256  # rows


class Areas:
    """Areas of pixels that are connected by their edges, found band by band.

    Parameters
    ----------
    image : returns some rows (a slice) of the image, 2D bool.
    shape : (height, width) of the image.
    least : px; smaller areas are let go of, but where they touch a border between bands.

    Attributes
    ----------
    pixels : of each area.
    boxes : (areas, 4) first row, first column, end row, end column of each.
    """

    def __init__(
        self, image: Callable[[slice], np.ndarray], shape: tuple[int, int], least: int = 1
    ):
        self.image, self.shape = image, shape
        self._pieces = _Pieces(least)
        for rows in row_bands(shape[0], BAND):
            self._pieces.add(image(rows), rows.start)
        self._area_of, self.pixels, self.boxes = self._pieces.joined()

    def __len__(self) -> int:
        return len(self.pixels)

    def touch_border(self) -> np.ndarray:
        """Say of each area whether it reaches the border of the image."""
        top, left, bottom, right = self.boxes.T
        height, width = self.shape
        return (top == 0) | (left == 0) | (bottom == height) | (right == width)

    def are_rectangles(self) -> np.ndarray:
        """Say of each area whether it fills its bounding box."""
        top, left, bottom, right = self.boxes.T
        return self.pixels == (bottom - top) * (right - left)

    def bands(self, chosen: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Draw the chosen areas (one bool each): rows from top to bottom, and 2D bool of them."""
        of_piece = np.append(chosen[self._area_of], False)
        for rows, (first, kept) in zip(
            row_bands(self.shape[0], BAND), self._pieces.of_bands, strict=True
        ):
            if not of_piece[first : first + len(kept)].any():
                yield rows, np.zeros((rows.stop - rows.start, self.shape[1]), bool)
                continue
            labels, number = label(self.image(rows))
            wanted = np.zeros(number + 1, bool)
            wanted[kept] = of_piece[first : first + len(kept)]
            yield rows, wanted[labels]


class _Pieces:
    """What of each area lies in one band, and which pieces meet where two bands do."""

    def __init__(self, least: int):
        self.least, self.of_bands = least, []
        self._pixels, self._boxes, self._pairs = [], [], []
        self._number, self._last = 0, None

    def add(self, band: np.ndarray, top: int) -> None:
        """Take in the next band, whose first row is the image's row `top`."""
        if not band.any():
            self.of_bands.append((self._number, np.zeros(0, np.intp)))
            self._last = None
            return
        labels, number = label(band)
        pixels = np.bincount(labels.ravel(), minlength=number + 1)
        pixels[0] = 0
        keep = pixels >= self.least
        keep[labels[0]] = keep[labels[-1]] = True
        keep[0] = False
        kept = np.flatnonzero(keep)
        numbers = np.full(number + 1, -1)
        numbers[kept] = self._number + np.arange(len(kept))
        first, last = numbers[labels[0]], numbers[labels[-1]]
        if self._last is not None:
            meet = (self._last >= 0) & (first >= 0)
            self._pairs.append(np.unique(np.stack([self._last[meet], first[meet]]), axis=1))
        self._pixels.append(pixels[kept])
        self._boxes.append(_boxes(labels, top)[kept])
        self.of_bands.append((self._number, kept))
        self._number, self._last = self._number + len(kept), last

    def joined(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the area of each piece, and of each area its pixels and its bounding box."""
        n = self._number
        if n == 0:
            return np.zeros(0, np.intp), np.zeros(0, np.int64), np.zeros((0, 4), np.int64)
        ends = np.concatenate([np.zeros((2, 0), np.intp), *self._pairs], axis=1)
        meet = coo_array((np.ones(ends.shape[1], bool), ends), shape=(n, n))
        number, area_of = connected_components(meet, directed=False)
        pixels = np.bincount(area_of, np.concatenate(self._pixels), number).astype(np.int64)
        pieces = np.concatenate(self._boxes)
        boxes = np.empty((number, 4), np.int64)
        for side, (start, reduce) in enumerate(zip((n << 32, n << 32, -1, -1), SIDES, strict=True)):
            boxes[:, side] = start
            reduce.at(boxes[:, side], area_of, pieces[:, side])
        return area_of, pixels, boxes


SIDES = (np.minimum, np.minimum, np.maximum, np.maximum)


def _boxes(labels: np.ndarray, top: int) -> np.ndarray:
    """Bounding boxes by label, (number + 1, 4); of 0, which is no piece, a filler."""
    found = find_objects(labels)
    sides = [(y.start + top, x.start, y.stop + top, x.stop) for y, x in found]
    return np.array([(0, 0, 0, 0), *sides], np.int64)

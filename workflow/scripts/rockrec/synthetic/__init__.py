"""Built-in rocks: a binary medium with known truth, its BSE-like image and sparse labels.

Drawings of an altered feldspar rock with pores and of a serpentinite with fractures, made from
objects (grains, pores, fractures) and not from a thresholded random field, so that they hold more
than their two-point correlation tells. They follow what is seen in such rocks; they model no
process that makes them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from rockrec.plain.records.rocks import RockVariant
from rockrec.synthetic.microscope import MARGIN, photograph
from rockrec.synthetic.minerals import MEDIA
from rockrec.synthetic.painter import FIELD, LAYER, fields, paint
from rockrec.synthetic.painter import MARGIN as BESIDE
from rockrec.synthetic.plane import Piece, stream

__all__ = ["MEDIA", "RockVariant", "SyntheticRock", "make_rock", "rock_in_bands"]

# Of a seed, a piece and a variant: truth uint8 and gray levels float32 of the piece.
Medium = Callable[[int, Piece, RockVariant], tuple[np.ndarray, np.ndarray]]

BLOCK = 512  # px: side of the pieces that a mosaic is made of
SMALLEST = 128  # px


@dataclass(frozen=True)
class SyntheticRock:
    """A rock of (height, width) px, all arrays uint8.

    Attributes
    ----------
    truth : 1 = phase of interest, 0 = the rest.
    gray : what an electron microscope would show.
    labels : 0 = not labelled, 1 = phase of interest, 2 = the rest; painted on about one
        pixel in a hundred.
    """

    truth: np.ndarray
    gray: np.ndarray
    labels: np.ndarray


def make_rock(
    kind: str, height: int, width: int, seed: int, variant: RockVariant | None = None
) -> SyntheticRock:
    """Make a rock; the same arguments give the same pixels.

    A larger mosaic shows the same rock, to the right and below, but for its labels: fields are
    spread over the mosaic at hand. (Truth and gray are made in blocks of 512 px from its first
    pixel on, the same whatever its size.)

    Parameters
    ----------
    kind : ``pores`` (an altered feldspar rock, φ about 0.05: like a meta-igneous rock) or
        ``fractures`` (the mesh of a serpentinite, φ about 0.35).
    height, width : px, at least 128.
    variant : what differs from the usual rock.

    Raises
    ------
    ValueError : an unknown kind, or a side below 128 px.
    """
    rock = rock_in_bands(kind, height, width, seed, variant)
    parts = {name: np.concatenate(list(bands(1))) for name, bands in rock.items()}
    return SyntheticRock(**parts)


def rock_in_bands(
    kind: str, height: int, width: int, seed: int, variant: RockVariant | None = None
) -> dict[str, Callable[[int], Iterator[np.ndarray]]]:
    """Return ways to make ``truth``, ``gray`` and ``labels`` of a rock of any size.

    Each is called with a number of threads, and gives bands of up to 512 rows from top to bottom.
    Arguments and errors are those of `make_rock`.
    """
    if kind not in MEDIA:
        raise ValueError(f"kind {kind!r} is none of {', '.join(MEDIA)}")
    if min(height, width) < SMALLEST:
        raise ValueError(f"a synthetic rock has at least 128 x 128 px, not {height} x {width}")
    mosaic = _Mosaic(MEDIA[kind], height, width, seed, variant or RockVariant())
    return {"truth": mosaic.truth, "gray": mosaic.gray, "labels": mosaic.labels}


@dataclass(frozen=True)
class _Mosaic:
    medium: Medium
    height: int
    width: int
    seed: int
    variant: RockVariant

    def truth(self, threads: int) -> Iterator[np.ndarray]:
        return self._in_blocks(self._truth_of, threads)

    def gray(self, threads: int) -> Iterator[np.ndarray]:
        def image_of(block):
            _, gray = self.medium(self.seed, block.grown(MARGIN), self.variant)
            return photograph(self.seed, block, gray, self.variant)

        return self._in_blocks(image_of, threads)

    def labels(self, threads: int) -> Iterator[np.ndarray]:
        del threads  # a few fields
        places = fields(self.seed, self.height, self.width)
        painted = {}
        for top in range(0, self.height, BLOCK):
            band = np.zeros((min(BLOCK, self.height - top), self.width), np.uint8)
            for number, (row, column) in enumerate(places):
                first, last = max(row, top), min(row + FIELD, top + len(band))
                if first >= last:
                    continue
                if number not in painted:
                    field = Piece(row, column, FIELD, FIELD)
                    random = stream(self.seed, LAYER, 1, number)
                    painted[number] = paint(self._truth_of(field.grown(BESIDE)), random)
                part = painted[number][first - row : last - row]
                place = band[first - top : last - top, column : column + FIELD]
                place[:] = part[:, : place.shape[1]]
                if last == row + FIELD:
                    del painted[number]
            yield self._within_rim(band, top)

    def _truth_of(self, piece: Piece) -> np.ndarray:
        truth, _ = self.medium(self.seed, piece, self.variant)
        return truth

    def _in_blocks(self, image_of, threads: int) -> Iterator[np.ndarray]:
        with ThreadPoolExecutor(threads) as pool:
            for top in range(0, self.height, BLOCK):
                blocks = [Piece(top, left, BLOCK, BLOCK) for left in range(0, self.width, BLOCK)]
                row = np.concatenate(list(pool.map(image_of, blocks)), axis=1)
                yield self._within_rim(row[: self.height - top, : self.width].copy(), top)

    def _within_rim(self, band: np.ndarray, top: int) -> np.ndarray:
        """Set what was not scanned to 0."""
        rim = self.variant.rim
        if rim:
            band[: max(rim - top, 0)] = 0
            band[max(self.height - rim - top, 0) :] = 0
            band[:, :rim] = band[:, -rim:] = 0
        return band

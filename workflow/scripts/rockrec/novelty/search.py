"""The place in the training tiles that is most like a piece, but for the course of its edges."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.ndimage import binary_dilation, binary_erosion, generate_binary_structure

from rockrec.descriptors.bits import funnel, ones
from rockrec.descriptors.packing import pack
from rockrec.housekeeping.compiling import compiled
from rockrec.plain.motions import motions

CROSS = generate_binary_structure(2, 1)[None]  # a pixel and its four neighbours, tile by tile
MOST_PLACES = 400_000  # of all motions together; more take too long
KEPT = 3  # places that a piece is compared with again, and with their neighbours


class Place(NamedTuple):
    """Where pieces were found, an array (n,) each.

    unlike : pixels that lie farther than 1 px from where the place has its edges.
    number : of the moved original; y, x : the piece's corner in it, px.
    """

    unlike: np.ndarray
    number: np.ndarray
    y: np.ndarray
    x: np.ndarray


class Library:
    """Training tiles in which pieces are sought, under the motions that the rock allows.

    A piece counts as unlike a place in the pixels that are of the phase where the place and its
    four neighbours are not, and the other way round: an edge may lie a pixel off. So every place
    has a fifth of the grid's points that stands for it, and only those are compared.

    Parameters
    ----------
    originals : (n, H, W) uint8 0/1. Of many those are taken, spread evenly, whose places are
        `MOST_PLACES` together.
    augmentation : see `rockrec.plain.motions`.
    side : of the pieces, px, at most 64 and at most that of the tiles.

    Attributes
    ----------
    searched : the share of the originals that is searched.
    """

    def __init__(self, originals: np.ndarray, augmentation: Sequence[str], side: int):
        self.side, moves = side, motions(augmentation)
        height, width = originals.shape[1:]
        self.places = _places(height - side + 1, width - side + 1)
        most = max(MOST_PLACES // (len(self.places) * len(moves)), 1)
        some = np.unique(np.linspace(0, len(originals) - 1, min(most, len(originals))).astype(int))
        self.searched = len(some) / len(originals)
        tiles = originals[some].astype(bool)
        moved = [
            np.rot90(tiles[:, :, ::-1] if flip else tiles, turn, (1, 2)) for flip, turn in moves
        ]
        self._planes, self._sure, self._possible = (
            np.concatenate([pack(change(one).astype(np.uint8)) for one in moved])
            for change in (np.asarray, _eroded, _dilated)
        )

    def nearest(self, pieces: np.ndarray) -> Place:
        """Find pieces (n, side, side) uint8 0/1."""
        rows = np.ascontiguousarray(pack(pieces)[:, 0])
        found = _nearest(rows, self._planes, self._sure, self._possible, self.places, KEPT)
        return Place(*found.T)


def _eroded(tiles: np.ndarray) -> np.ndarray:
    return binary_erosion(tiles, CROSS, border_value=1)


def _dilated(tiles: np.ndarray) -> np.ndarray:
    return binary_dilation(tiles, CROSS)


def _places(rows: int, columns: int) -> np.ndarray:
    """Corners (m, 2) of which every one in rows x columns is one or has one for a neighbour.

    Knight's moves lead from one to the next; at the border all are taken.
    """
    y, x = np.mgrid[:rows, :columns]
    border = (y == 0) | (y == rows - 1) | (x == 0) | (x == columns - 1)
    return np.argwhere(((x + 2 * y) % 5 == 0) | border)


@compiled(nogil=True)
def _nearest(pieces, planes, sure, possible, places, kept):
    """For each piece (n, side) uint64: unlike pixels, tile, y and x of the nearest place."""
    side = pieces.shape[1]
    rows, columns = places[:, 0].max() + 1, places[:, 1].max() + 1
    found = np.empty((len(pieces), 4), np.int64)
    for piece in range(len(pieces)):
        bits = pieces[piece]
        best = np.full((kept, 4), side * side + 1, np.int64)
        for tile in range(len(sure)):
            for place in range(len(places)):
                y, x = places[place]
                unlike = _unlike(bits, sure[tile], possible[tile], y, x, best[-1, 0])
                if unlike < best[-1, 0]:
                    _note(best, unlike, tile, y, x)
            if best[0, 0] == 0:
                break
        # Of places that are as near, the one whose edges are nearest, too.
        found[piece, 0] = least = side * side
        for one in range(kept):
            tile, y, x = best[one, 1:]
            if best[one, 0] > side * side:
                break
            for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
                row, column = y + down, x + right
                if 0 <= row < rows and 0 <= column < columns:
                    most = found[piece, 0] + 1
                    unlike = _unlike(bits, sure[tile], possible[tile], row, column, most)
                    if unlike == most:
                        continue
                    if unlike < found[piece, 0]:
                        least = side * side + 1
                    differ = _unlike(bits, planes[tile], planes[tile], row, column, least)
                    if differ < least:
                        least = differ
                        found[piece] = np.array([unlike, tile, row, column])
    return found


@compiled(nogil=True)
def _unlike(bits, sure, possible, y, x, most):
    """Pixels of a piece that a place cannot have; `most` where there are as many or more."""
    side = len(bits)
    whole = ~np.uint64(0) >> np.uint64(64 - side)
    word, shift, unlike = x >> 6, np.uint64(x & 63), 0
    for row in range(side):
        at = y + row
        least = funnel(sure[word, at], sure[word + 1, at], shift)
        largest = funnel(possible[word, at], possible[word + 1, at], shift)
        unlike += np.int64(ones(((bits[row] & ~largest) | (~bits[row] & least)) & whole))
        if unlike >= most:
            return most
    return unlike


@compiled(nogil=True)
def _note(best, unlike, tile, y, x):
    """Put a place among the best, which are in order."""
    at = len(best) - 1
    while at > 0 and best[at - 1, 0] > unlike:
        best[at] = best[at - 1]
        at -= 1
    best[at, 0], best[at, 1], best[at, 2], best[at, 3] = unlike, tile, y, x

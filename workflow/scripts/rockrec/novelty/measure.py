"""Copying beyond chance: the share of a set's tiles that lies in pieces seen before."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rockrec.images import spread
from rockrec.novelty.search import Library, Place
from rockrec.plain.records.verdicts import CANNOT_TELL, FEWEST_TILES, FOUND, NOT_FOUND

LEAST_OF_A_PHASE = 0.1  # of a telling piece
LARGE = 48  # px; of smaller tiles three quarters
SMALL = (16, 24, 32, 40)  # px, of which the first is taken that chance leaves alone
CHANCE = 0.05  # of held-out pieces that count as copied
PIECES, TILES = 1000, 128  # of a set at most
BOOTSTRAPS, INTERVAL = 1000, (0.025, 0.975)
FLIPPED = 0.5  # of the pixels at edges, in the control


class Copied(NamedTuple):
    """What of a set's tiles is copied, in pieces of one side.

    tiles : (n, H, W) those looked at; copied, telling : (n, H, W) bool, the pixels in pieces that
        were seen before, and in any that tell; origin : (n, H, W) int64, the place that a copied
        pixel is from, one number for each shift of each original, -1 where it is not copied;
    pieces : their number; unlike : median share of their pixels that is unlike.
    """

    tiles: np.ndarray
    copied: np.ndarray
    telling: np.ndarray
    origin: np.ndarray
    pieces: int
    unlike: float

    @property
    def share(self) -> float:
        """Copied pixels over telling ones; NaN where nothing tells."""
        return float(_share(*self._counts.sum(axis=0)))

    @property
    def _counts(self) -> np.ndarray:
        """Copied and telling pixels of each tile (n, 2)."""
        both = self.copied & self.telling, self.telling
        return np.stack([one.sum(axis=(1, 2)) for one in both], axis=1)


class Novelty:
    """The measure, made for a rock: how near pieces come by chance is told by held-out tiles.

    Telling pieces have at least 10 % of each phase. One is copied if its nearest place in the
    training tiles (`Library`) is nearer than those of all but 5 % of the held-out pieces. Pieces of
    48 px (three quarters of smaller tiles) find whole tiles that were learnt by heart; those of the
    smallest side at which at most 5 % of the held-out pieces are found without any difference,
    what is copied patch by patch.

    Parameters
    ----------
    originals : (m, H, W) uint8 0/1, all training tiles.
    heldout : (k, H, W), real tiles that do not overlap. Every second one sets what is copied, the
        others tell how much of a real rock is: what novelty is measured against.
    augmentation : motions that methods were allowed, see `rockrec.plain.motions`.
    """

    def __init__(
        self, originals: np.ndarray, heldout: np.ndarray, augmentation: Sequence[str], seed: int
    ):
        self.heldout, self.seed = heldout, seed
        self.enough = len(heldout) >= FEWEST_TILES
        size = min(originals.shape[1:])
        large = min(LARGE, size * 3 // 4)
        self.libraries, self.thresholds = {}, {}
        for side in (*(one for one in SMALL if one < large), large):
            library = Library(originals, augmentation, side)
            unlike = self._found(library, heldout[::2])[1].unlike
            exact = np.mean(unlike == 0) if len(unlike) else 1.0
            if side == large or (exact <= CHANCE and not self.libraries):
                self.libraries[side] = library
                # Where chance finds more without any difference, only those are copies.
                self.thresholds[side] = np.quantile(unlike, CHANCE) if len(unlike) else 0.0
        self.real = {side: self.copied(heldout[1::2], side) for side in self.libraries}
        control = _with_other_edges(spread(originals, TILES), np.random.default_rng(seed))
        self.control = {side: self.copied(control, side) for side in self.libraries}

    def copied(self, tiles: np.ndarray, side: int) -> Copied:
        """What of tiles (n, H, W) is copied, in pieces of one of the sides of `libraries`."""
        library = self.libraries[side]
        corners, places, tiles = self._found(library, tiles)
        masks = np.zeros((2, *tiles.shape), bool)
        origin = np.full(tiles.shape, -1, np.int64)
        seen = places.unlike <= self.thresholds[side]
        for n, y, x in corners:
            masks[1, n, y : y + side, x : x + side] = True
        # The nearest last: where pieces overlap, it is they that tell the place.
        for one in sorted(np.flatnonzero(seen), key=lambda one: -places.unlike[one]):
            n, y, x = corners[one]
            at = n, slice(y, y + side), slice(x, x + side)
            masks[0][at] = True
            down, right = places.y[one] - y, places.x[one] - x
            origin[at] = (places.number[one] * 4096 + down + 2048) * 4096 + right + 2048
        unlike = float(np.median(places.unlike)) / side**2 if len(corners) else np.nan
        return Copied(tiles, *masks, origin, len(corners), unlike)

    def table(self, copied: dict[int, Copied]) -> pd.DataFrame:
        """One line for each side.

        Returns
        -------
        Columns side_px, tiles, pieces, unlike (median share of a piece's pixels), copied (share of
        the telling pixels), copied_real, copied_control (real held-out tiles; training tiles of
        which every second pixel at an edge was flipped), novelty ((1 - copied) / (1 - copied_real):
        1 as new as real tiles from elsewhere, 0 all copied), its 95 % interval over the tiles
        novelty_low and novelty_high, searched (share of the training tiles), verdict (whether
        copying was found).
        """
        lines = []
        for side, one in copied.items():
            real = self.real[side]
            low, high = self._interval(one, real)
            novelty = float(_novelty(one.share, real.share))
            told = self.enough and not np.isnan(novelty)
            lines.append(
                {
                    "side_px": side,
                    "tiles": len(one.tiles),
                    "pieces": one.pieces,
                    "unlike": one.unlike,
                    "copied": one.share,
                    "copied_real": real.share,
                    "copied_control": self.control[side].share,
                    "novelty": novelty,
                    "novelty_low": low,
                    "novelty_high": high,
                    "searched": self.libraries[side].searched,
                    "verdict": (FOUND if high < 1 else NOT_FOUND) if told else CANNOT_TELL,
                }
            )
        return pd.DataFrame(lines)

    def _found(self, library: Library, tiles: np.ndarray):
        """Corners (n, 3) of telling pieces as tile, row and column; their places; those tiles."""
        corners, tiles = _telling(spread(tiles, TILES), library.side)
        shape = (len(corners), library.side, library.side)
        pieces = np.empty(shape, np.uint8)
        for piece, (n, y, x) in zip(pieces, corners, strict=True):
            piece[:] = tiles[n, y : y + library.side, x : x + library.side]
        if not len(corners):
            return corners, Place(*np.zeros((4, 0), np.int64)), tiles
        return corners, library.nearest(pieces), tiles

    def _interval(self, one: Copied, real: Copied) -> tuple[float, float]:
        """Interval of the novelty, tiles of both sets drawn with replacement."""
        rng = np.random.default_rng(self.seed)
        shares = []
        for counts in (one._counts, real._counts):
            drawn = rng.integers(len(counts), size=(BOOTSTRAPS, len(counts)))
            shares.append(_share(*np.moveaxis(counts[drawn].sum(axis=1), -1, 0)))
        found = _novelty(*shares)
        return (
            tuple(np.nanquantile(found, INTERVAL)) if not np.isnan(found).all() else (np.nan,) * 2
        )


def _share(copied, telling):
    return copied / np.where(telling > 0, telling, np.nan)


def _novelty(copied, real):
    return (1 - copied) / np.where(real < 1, 1 - real, np.nan)


def _telling(tiles: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the pieces that tell, half a side apart, and the tiles that they are of.

    Of many the first tiles' are taken, whole tiles at a time, so that every copy in them shows.
    """
    height, width = tiles.shape[1:]
    tops, lefts = (_corners(extent, side) for extent in (height, width))
    order = np.random.default_rng(0).permutation(len(tiles))
    found, used = [], []
    for n in order:
        if sum(map(len, found)) >= PIECES:
            break
        here = [
            (len(used), y, x)
            for y in tops
            for x in lefts
            if abs(tiles[n, y : y + side, x : x + side].mean() - 0.5) <= 0.5 - LEAST_OF_A_PHASE
        ]
        found.append(np.array(here, int).reshape(-1, 3))
        used.append(n)
    return np.concatenate(found), tiles[used]


def _corners(extent: int, side: int) -> list[int]:
    return sorted({*range(0, extent - side + 1, max(side // 2, 1)), extent - side})


def _with_other_edges(tiles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Copies of tiles with pixels at their edges flipped at random."""
    edge = np.zeros(tiles.shape, bool)
    for axis in (1, 2):
        one, other = (np.take(tiles, range(a, tiles.shape[axis] + a - 1), axis) for a in (0, 1))
        differ = one != other
        index = [slice(None)] * 3
        for part in (slice(None, -1), slice(1, None)):
            index[axis] = part
            edge[tuple(index)] |= differ
    return tiles ^ (edge & (rng.random(tiles.shape) < FLIPPED)).astype(np.uint8)

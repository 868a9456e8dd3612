"""A mosaic of tiles of one size in a grid, read as one image."""

import math
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np

from rockrec.images import ImageError
from rockrec.mosaics.regions import Sized, ranges_of
from rockrec.plain.grid import Grid


class Piece(NamedTuple):
    """What one tile of a grid has of a mosaic.

    Attributes
    ----------
    tile : its row and column in the grid.
    rows, columns : of the piece, in the mosaic.
    top, left : where the tile's first pixel would lie in the mosaic.
    """

    tile: tuple[int, int]
    rows: range
    columns: range
    top: int
    left: int

    @property
    def within(self) -> tuple[slice, slice]:
        """The piece's rows and columns in the tile."""
        return (
            slice(self.rows.start - self.top, self.rows.stop - self.top),
            slice(self.columns.start - self.left, self.columns.stop - self.left),
        )


class StitchedMosaic(Sized):
    """A mosaic of tiles of one size in a grid, read like an array; seams halve the overlaps.

    The banners of the tiles, `banner_rows` of each as their metadata tell, are no part of it. The
    tiles are open mosaics, `rockrec.mosaics.Mosaic`, row by row of the grid.
    """

    def __init__(self, tiles: Sequence, grid: Grid):
        first = tiles[0]
        for tile in tiles:
            if (tile.shape, tile.dtype) != (first.shape, first.dtype):
                raise ImageError(
                    f"{tile.path}: {tile.shape[0]} x {tile.shape[1]} px {tile.dtype}, but "
                    f"{first.path} {first.shape[0]} x {first.shape[1]} px {first.dtype}"
                )
            if tile.scan_rows != first.scan_rows:
                raise ImageError(
                    f"{tile.path}: {tile.scan_rows} of its rows were scanned, of {first.path} "
                    f"{first.scan_rows}"
                )
            if not _same_size(tile._pixel_size, first._pixel_size):
                raise ImageError(
                    f"{tile.path}: its pixels have {tile._pixel_size} nm, those of {first.path} "
                    f"{first._pixel_size} nm"
                )
            if tile.white_is_zero != first.white_is_zero:
                raise ImageError(f"{tile.path}: its 0 is not of the colour that {first.path} has")
        sides = first.scan_rows, first.shape[1]
        if grid.overlap >= min(sides):
            raise ImageError(f"{first.path}: an overlap of {grid.overlap} px covers whole tiles")
        self.path, self.dtype, self._pixel_size = first.path, first.dtype, first._pixel_size
        self.lossy = first.lossy
        self.white_is_zero = first.white_is_zero
        self._tiles, self._grid, self.tile_shape = tiles, grid, sides
        self._seams = [
            _seams(count, side, grid.overlap)
            for count, side in zip((grid.rows, grid.columns), sides, strict=True)
        ]
        self.shape = tuple(int(seams[-1]) for seams in self._seams)
        self.scan_rows, self.banner_rows = self.shape[0], first.shape[0] - first.scan_rows
        self._steps = [side - grid.overlap for side in sides]
        self._in_use: set[tuple[int, int]] = set()
        self._reading = Lock()  # several threads may read one mosaic

    def __getitem__(self, region) -> np.ndarray:
        """Return a copy of a region given by one slice (rows) or two, without steps."""
        rows, columns = ranges_of(region, self.shape)
        out = np.empty((len(rows), len(columns)), self.dtype)
        pieces = self.pieces(rows, columns)
        with self._reading:
            self._forget_all_but({piece.tile[0] for piece in pieces})
            self._in_use |= {piece.tile for piece in pieces}
        for piece in pieces:
            y, x = piece.rows, piece.columns
            out[
                y.start - rows.start : y.stop - rows.start,
                x.start - columns.start : x.stop - columns.start,
            ] = self._tile(*piece.tile)[piece.within]
        return out

    def pieces(self, rows: range, columns: range) -> list[Piece]:
        """Return what each tile has of some rows and columns."""
        down, right = (_pieces(w, s) for w, s in zip((rows, columns), self._seams, strict=True))
        right = list(right)
        return [
            Piece((i, j), y, x, i * self._steps[0], j * self._steps[1])
            for i, y in down
            for j, x in right
        ]

    def by_tile(self) -> Iterator[tuple[Piece, np.ndarray]]:
        """Yield what each tile has of the mosaic, one tile in memory at a time."""
        for piece in self.pieces(*map(range, self.shape)):
            tile = self._tile(*piece.tile)
            yield piece, tile[piece.within]
            tile.forget()

    def _tile(self, i: int, j: int):
        return self._tiles[i * self._grid.columns + j]

    def _forget_all_but(self, rows: set[int]) -> None:
        """Let go of what is kept of the tiles in other rows of the grid."""
        for i, j in {(i, j) for i, j in self._in_use if i not in rows}:
            self._tile(i, j).forget()
            self._in_use.remove((i, j))


def _same_size(one: float | ImageError | None, other: float | ImageError | None) -> bool:
    if not (isinstance(one, float) and isinstance(other, float)):
        return type(one) is type(other)
    return math.isclose(one, other, rel_tol=0.01)


def _seams(count: int, side: int, overlap: int) -> np.ndarray:
    """Where tile i ends along an axis; the next begins there."""
    ends = np.arange(1, count + 1) * (side - overlap) + overlap // 2
    ends[-1] = count * (side - overlap) + overlap
    return ends


def _pieces(wanted: range, seams: np.ndarray) -> Iterator[tuple[int, range]]:
    start = wanted.start
    while start < wanted.stop:
        i = int(np.searchsorted(seams, start, side="right"))
        stop = min(int(seams[i]), wanted.stop)
        yield i, range(start, stop)
        start = stop

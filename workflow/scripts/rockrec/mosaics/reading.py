"""Reading any region of a mosaic, decoding only the blocks of the file that it needs."""

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from threading import Lock

import numpy as np
import tifffile

from rockrec.channels import as_gray, gray_palette
from rockrec.images import ImageError, lossy_compression, open_tiff, readable
from rockrec.mosaics.regions import Sized, ranges_of
from rockrec.mosaics.stitching import StitchedMosaic
from rockrec.orientation import TRANSPOSED, orientation_of, shown, stored_region
from rockrec.pixel_sizes import pixel_size_of
from rockrec.plain.grid import Grid
from rockrec.scans import scan_rows_of

ROWS = 1024  # of a band
MOST_BLOCK = 2**30  # bytes that are decoded at once; compressed they are in memory as well
HEADERS = 4096  # bytes of a compressed block beside its pixels, at most


class Mosaic(Sized):
    """A 2D TIFF on disk that is read like an array: ``mosaic[top:bottom, left:right]``.

    Of several images the largest, so of a pyramid its full level. Blocks are decoded when asked
    for; those in the rows of the last request are kept, so that going through a mosaic from top to
    bottom decodes each once. Between requests the file is closed: a mosaic may be one of a
    thousand tiles. A pixel that is no number is refused. It lies as the file's orientation says; of
    several channels, which have to say the same, one is read. Blocks that are not stored are empty.

    Attributes
    ----------
    path, shape, dtype, pixel_size_nm.
    scan_rows : rows that were scanned, as the metadata have it; a banner stands in those below.
    white_is_zero : whether the file says that its 0 is white; the values are as they are stored.
    lossy : name of the compression, if it changes the pixels; else None.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        tiff: tifffile.TiffFile,
        pool: ThreadPoolExecutor,
        of_gray: bool,
    ):
        number = _largest(path, tiff)
        full = tiff.series[number].levels[0]
        page = full.keyframe
        _check_one_image(path, full)
        self.path, self._stored_shape = Path(path), page.shape[:2]
        self._orientation = orientation_of(page)
        turned = self._orientation in TRANSPOSED
        self.shape = self._stored_shape[::-1] if turned else self._stored_shape
        # A banner lies below in the file: of a turned image, whoever turned it knows of it.
        self.scan_rows = scan_rows_of(page) if self._orientation == 1 else self.shape[0]
        palette = page.photometric == tifffile.PHOTOMETRIC.PALETTE
        self._palette = gray_palette(path, page.colormap) if of_gray and palette else None
        self._stored = np.dtype(page.dtype)
        self.dtype = self._stored if self._palette is None else self._palette.dtype
        try:
            self._pixel_size = pixel_size_of(tiff, path, number)
        except ImageError as error:
            self._pixel_size = error
        self.white_is_zero = page.photometric == tifffile.PHOTOMETRIC.MINISWHITE
        self.lossy = lossy_compression(page)
        self._block = _checked_block(path, page, tiff.filehandle.size)
        self._blocks_across = -(-self._stored_shape[1] // self._block[1])
        self._page, self._jpegtables = page, page.jpegtables
        self._decode_block = page.decode  # made here, for which some codecs look into the file
        self._on_disk = self._stored.newbyteorder(tiff.byteorder)
        self._pool = pool
        self._decoded: dict[int, np.ndarray] = {}
        self._reading = Lock()  # several threads may read one mosaic, and share what is kept

    def forget(self) -> None:
        """Let go of the blocks that are kept."""
        with self._reading:
            self._decoded.clear()

    def __getitem__(self, region) -> np.ndarray:
        """Return a copy of a region given by one slice (rows) or two, without steps.

        Raises ImageError, which names file and place, if a block cannot be decoded or a pixel
        is no number.
        """
        rows, columns = ranges_of(region, self.shape)
        place = stored_region(rows, columns, self._stored_shape, self._orientation)
        with self._reading:
            stored = self._numbers(self._read(*place), *place)
        if self._palette is not None:
            stored = self._palette[stored]
        return np.ascontiguousarray(shown(stored, self._orientation))

    def _read(self, rows: range, columns: range) -> np.ndarray:
        """A copy of a region as it is stored."""
        if self._page.is_memmappable:
            offset = self._page.dataoffsets[0]
            mapped = np.memmap(self.path, self._on_disk, "r", offset, self._page.shape)
            part = mapped[rows.start : rows.stop, columns.start : columns.stop]
            return self._one_channel(np.array(part, self._stored))
        out = np.empty((len(rows), len(columns)), self._stored)
        if out.size == 0:
            return out
        (down, right), across = self._block, self._blocks_across
        of_rows = range(rows.start // down, (rows.stop - 1) // down + 1)
        of_columns = range(columns.start // right, (columns.stop - 1) // right + 1)
        first, end = of_rows.start * across, of_rows.stop * across
        self._decoded = {k: block for k, block in self._decoded.items() if first <= k < end}
        wanted = [i * across + j for i in of_rows for j in of_columns]
        missing = [k for k in wanted if k not in self._decoded]
        if missing:
            with open(self.path, "rb") as file:
                decoded = self._pool.map(self._decode, missing, repeat(file.fileno()))
                self._decoded.update(zip(missing, decoded, strict=True))
        for k in wanted:
            top, left = k // across * down, k % across * right
            y = range(max(top, rows.start), min(top + down, rows.stop))
            x = range(max(left, columns.start), min(left + right, columns.stop))
            out[
                y.start - rows.start : y.stop - rows.start,
                x.start - columns.start : x.stop - columns.start,
            ] = self._decoded[k][y.start - top : y.stop - top, x.start - left : x.stop - left]
        return out

    def _one_channel(self, pixels: np.ndarray) -> np.ndarray:
        return as_gray(self.path, pixels) if pixels.ndim == 3 else pixels

    def _numbers(self, region: np.ndarray, rows: range, columns: range) -> np.ndarray:
        if self._stored.kind == "f" and not np.isfinite(region).all():
            row, column = np.argwhere(~np.isfinite(region))[0]
            raise ImageError(
                f"{self.path}: the pixel at row {rows[row]}, column {columns[column]} is "
                f"{region[row, column]}"
            )
        return region

    def _decode(self, k: int, file: int) -> np.ndarray:
        offset, length = self._page.dataoffsets[k], self._page.databytecounts[k]
        down, across = self._block[0], self._blocks_across
        top, left = k // across * down, k % across * self._block[1]
        height, width = (
            min(part, side - first)
            for part, side, first in zip(self._block, self._stored_shape, (top, left), strict=True)
        )
        if length == 0:  # not stored
            return np.full((height, width), self._page.nodata, self._stored)
        place = f"block at row {top}, column {left}"
        try:
            data = os.pread(file, length, offset)
            block, _, _ = self._decode_block(data, k, jpegtables=self._jpegtables)
        except Exception as error:  # every codec has its own
            reason = str(error) or repr(error)
            raise ImageError(f"{self.path}: {place} cannot be decoded: {reason}") from error
        if block is None:
            raise ImageError(f"{self.path}: {place} is missing")
        block = block.reshape(block.shape[1:] if block.shape[3] > 1 else block.shape[1:3])
        return self._one_channel(block[:height, :width])


@contextmanager
def open_mosaic(
    path: str | os.PathLike | Sequence[str | os.PathLike],
    grid: Grid | None = None,
    threads: int = 1,
    of_gray: bool = False,
) -> Iterator[Mosaic | StitchedMosaic]:
    """Open a mosaic: one TIFF, or the tiles of a grid, row by row.

    Parameters
    ----------
    of_gray : its pixels are gray levels, those of a palette if it has one; else they are numbers,
        whatever colours these are shown in.

    Raises
    ------
    ImageError : a file is missing, no TIFF, shorter than its header says, or not 2D; tiles of
        several sizes.
    """
    with ThreadPoolExecutor(threads) as pool:

        def opened(one):
            with open_tiff(one) as tiff, readable(one):
                return Mosaic(one, tiff, pool, of_gray)

        if grid is None:
            yield opened(path)
        else:
            yield StitchedMosaic([opened(one) for one in path], grid)


def read_small(path: str | os.PathLike, longest: int) -> np.ndarray:
    """Read the smallest level of a pyramid whose longer side has at least `longest` px."""
    with open_tiff(path) as tiff:
        levels = tiff.series[0].levels
        large = [level for level in levels if max(level.shape) >= longest]
        return (large or levels)[-1 if large else 0].asarray()


def row_bands(height: int, rows: int = ROWS) -> list[slice]:
    """Divide the rows of a mosaic into bands, from top to bottom."""
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def _largest(path: str | os.PathLike, tiff: tifffile.TiffFile) -> int:
    """Number of the largest image of a file; the others are thumbnails, or parts of a pyramid."""
    sizes = [math.prod(series.shape) for series in tiff.series]
    if sizes.count(max(sizes)) > 1:
        raise ImageError(f"{path}: holds {len(sizes)} images, several as large; save one by itself")
    return sizes.index(max(sizes))


def _check_one_image(path: str | os.PathLike, full: tifffile.TiffPageSeries) -> None:
    """Raise ImageError unless an image has two dimensions, of one or several channels."""
    page = full.keyframe
    channels = page.shape[2:]
    together = not channels or page.planarconfig == tifffile.PLANARCONFIG.CONTIG
    if len(page.shape) not in (2, 3) or math.prod(full.shape) != math.prod(page.shape):
        raise ImageError(f"{path}: one image of two dimensions is needed, not {full.shape}")
    if not together:
        raise ImageError(
            f"{path}: holds {page.shape[0]} planes, several images or channels of colour; save one "
            "by itself"
        )


def _checked_block(path: str | os.PathLike, page: tifffile.TiffPage, size: int) -> tuple[int, int]:
    """Height and width of the blocks of a page, of which a file of `size` bytes holds all."""
    block = page.tilelength, page.tilewidth
    if not page.is_tiled:
        block = min(page.rowsperstrip, page.shape[0]), page.shape[1]
    in_memory = math.prod(block) * math.prod(page.shape[2:]) * page.dtype.itemsize
    if in_memory < 1:
        raise ImageError(f"{path}: its header declares blocks without pixels")
    in_one_piece = page.is_memmappable  # whatever its header says of blocks
    if in_memory > MOST_BLOCK and not in_one_piece:
        raise ImageError(
            f"{path}: compressed in blocks of {block[0]} x {block[1]} px, "
            f"{in_memory / 2**30:.1f} GiB each; save it in tiles, or in strips of fewer rows"
        )
    offsets, lengths = page.dataoffsets, page.databytecounts
    down, across = (-(-side // part) for side, part in zip(page.shape[:2], block, strict=True))
    expected = len(offsets) if in_one_piece else down * across
    if not len(offsets) == len(lengths) == expected > 0:
        raise ImageError(
            f"{path}: its header lists {len(offsets)} blocks and {len(lengths)} lengths, not "
            f"{expected}"
        )
    end = max(map(sum, zip(offsets, lengths, strict=True)))
    if in_one_piece:
        end = max(end, offsets[0] + math.prod(page.shape) * page.dtype.itemsize)
    if end > size:
        raise ImageError(f"{path}: truncated, {size} bytes of at least {end}")
    if max(lengths) > 2 * in_memory + HEADERS:
        raise ImageError(f"{path}: its blocks hold more than their pixels")
    return block

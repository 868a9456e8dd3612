"""Writing a mosaic band by band, as a pyramid that image viewers open."""

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np
import tifffile

from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.threads import worker_thread
from rockrec.images import check_pixel_size, per_centimetre
from rockrec.mosaics.reading import row_bands

BLOCK = 512  # side of a compressed block, px
NO_UUID = str(uuid.UUID(int=0))


def write_mosaic(
    path: str | os.PathLike,
    bands: np.ndarray | Iterable[np.ndarray],
    pixel_size_nm: float,
    shape: tuple[int, int] | None = None,
    dtype: np.dtype | None = None,
    threads: int = 1,
    compression: str = "zlib",
) -> None:
    """Write a mosaic as tiled, compressed, pyramidal OME-BigTIFF with its pixel size.

    Each level of the pyramid keeps every second pixel of the one below, which is as right for
    label images as for gray ones. The same pixels give the same bytes.

    Parameters
    ----------
    bands : a whole 2D array of integers or booleans (written as uint8), or its rows from top to
        bottom in bands of any height, with `shape` and `dtype` of the whole. They are drawn one
        ahead of the writing, in a thread of their own.
    compression : ``zlib``, which every viewer reads, or ``zstd``, which is several times faster.
    """
    if isinstance(bands, np.ndarray):
        array = bands.view(np.uint8) if bands.dtype == bool else bands
        bands, shape, dtype = [array], array.shape, array.dtype
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"a mosaic has two dimensions, not shape {shape}")
    check_pixel_size(pixel_size_nm)
    digest = hashlib.sha256()
    metadata = {
        "axes": "YX",
        "PhysicalSizeX": pixel_size_nm / 1e3,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": pixel_size_nm / 1e3,
        "PhysicalSizeYUnit": "µm",
        "Creator": "rockrec",
        "UUID": NO_UUID,
    }
    with written_whole(path) as partial:
        with tifffile.TiffWriter(partial, bigtiff=True, ome=True) as tiff, ExitStack() as opened:
            levels = _levels(shape, dtype, partial.parent, opened)
            for depth in range(len(levels) + 1):
                level_shape = levels[depth - 1].shape if depth else shape
                rows = levels[depth - 1].bands() if depth else _watched(bands, levels, digest)
                tiff.write(
                    _blocks(rows, level_shape, dtype),
                    shape=level_shape,
                    dtype=dtype,
                    tile=(BLOCK, BLOCK),
                    compression=compression,
                    # Gray levels compress better as differences, and well enough at level 1.
                    compressionargs={"level": 1},
                    predictor=True,
                    photometric="minisblack",
                    resolution=per_centimetre(pixel_size_nm * 2**depth),
                    resolutionunit="CENTIMETER",
                    subifds=len(levels) if depth == 0 else None,
                    subfiletype=0 if depth == 0 else 1,
                    metadata=metadata if depth == 0 else None,
                    maxworkers=threads,
                )
        _name(partial, digest)


class _Level:
    """Every `step`-th pixel of a mosaic, on the disk until the levels below it are written.

    All levels together have a third of the mosaic's pixels, too many for memory.
    """

    def __init__(self, shape: tuple[int, int], dtype: np.dtype, step: int, file: BinaryIO):
        self.shape, self._dtype, self._step, self._file = shape, np.dtype(dtype), step, file

    def keep(self, band: np.ndarray, top: int) -> None:
        """Keep what the level needs of a band of rows, the next from the mosaic's row `top` on."""
        self._file.write(np.ascontiguousarray(band[-top % self._step :: self._step, :: self._step]))

    def bands(self) -> Iterator[np.ndarray]:
        """Give back the level's rows from top to bottom."""
        self._file.seek(0)
        width = self.shape[1]
        for rows in row_bands(self.shape[0]):
            data = self._file.read((rows.stop - rows.start) * width * self._dtype.itemsize)
            yield np.frombuffer(data, self._dtype).reshape(-1, width)


def _levels(
    shape: tuple[int, int], dtype: np.dtype, folder: Path, opened: ExitStack
) -> list[_Level]:
    """The levels above the full one, from fine to coarse."""
    levels, step = [], 1
    while max(shape) > BLOCK and min(shape) > 1:
        shape, step = tuple(-(-side // 2) for side in shape), 2 * step
        # Without a name: it goes with the process, however that ends.
        file = opened.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
        levels.append(_Level(shape, dtype, step, file))
    return levels


def _watched(bands: Iterable[np.ndarray], levels: Sequence[_Level], digest) -> Iterator[np.ndarray]:
    """Pass the bands on, and keep of each what the levels above and the checksum need."""
    top = 0
    for band in _ahead(bands):
        band = np.ascontiguousarray(band)
        digest.update(band)
        for level in levels:
            level.keep(band, top)
        top += len(band)
        yield band


def _ahead(bands: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Draw each band while the one before it is being written."""
    bands = iter(bands)
    with worker_thread() as drawer:
        coming = drawer.submit(next, bands, None)
        while (band := coming.result()) is not None:
            coming = drawer.submit(next, bands, None)
            yield band


def _blocks(bands, shape: tuple[int, int], dtype: np.dtype) -> Iterator[np.ndarray]:
    """Cut bands of rows into square blocks, row by row of blocks; 0 beyond the border."""
    height, width = shape
    waiting, done = np.empty((0, width), dtype), 0
    for band in bands:
        done += len(band)
        waiting = np.concatenate([waiting, band]) if len(waiting) else band
        while len(waiting) >= BLOCK or (len(waiting) and done == height):
            for left in range(0, width, BLOCK):
                block = waiting[:BLOCK, left : left + BLOCK]
                beyond = [(0, BLOCK - side) for side in block.shape]
                yield np.pad(block, beyond) if np.any(beyond) else np.ascontiguousarray(block)
            waiting = waiting[BLOCK:]
    if done != height:
        raise ValueError(f"{done} rows of {height} were given")


def _name(path, digest) -> None:
    """OME asks for a UUID; one made from the pixels keeps equal images equal files."""
    name = str(uuid.UUID(bytes=digest.digest()[:16], version=4))
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        tag = tiff.pages[0].tags["ImageDescription"]
        tag.overwrite(tag.value.replace(NO_UUID, name).encode())

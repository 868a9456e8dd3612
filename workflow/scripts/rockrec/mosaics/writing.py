"""Writing a mosaic band by band, as a pyramid that image viewers open."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator

import numpy as np
import tifffile

from rockrec.images import check_pixel_size, per_centimetre
from rockrec.outputs import written_whole
from rockrec.threads import worker_thread

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
    levels = _levels(shape, dtype)
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
        with tifffile.TiffWriter(partial, bigtiff=True, ome=True) as tiff:
            for depth in range(len(levels) + 1):
                rows = [levels[depth - 1]] if depth else _watched(_ahead(bands), levels, digest)
                level_shape = shape if depth == 0 else levels[depth - 1].shape
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


def _levels(shape: tuple[int, int], dtype: np.dtype) -> list[np.ndarray]:
    """Room for the levels above the full one, a third of its size together."""
    levels = []
    while max(shape) > BLOCK and min(shape) > 1:
        shape = tuple(-(-side // 2) for side in shape)
        levels.append(np.empty(shape, dtype))
    return levels


def _watched(bands, levels, digest) -> Iterator[np.ndarray]:
    """Pass the bands on, and keep of each what the levels above and the checksum need."""
    top = 0
    for band in bands:
        band = np.ascontiguousarray(band)
        digest.update(band)
        for depth, level in enumerate(levels, start=1):
            step = 2**depth
            kept = band[-top % step :: step, ::step]
            first = -(-top // step)
            level[first : first + len(kept)] = kept
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

"""TIFF files: their headers, stacks of tiles, and what makes an image unfit for use."""

import json
import logging
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tifffile

from rockrec.housekeeping.outputs import written_whole

log = logging.getLogger(__name__)

MOST_BYTES = 2**40  # of an image, decoded; a header that declares more is broken, or a trap
LOSSY = {6: "JPEG", 7: "JPEG", 33007: "JPEG", 34892: "JPEG"}  # by TIFF's code; others may be
BIGTIFF_FROM = 2**32 - 2**25  # bytes; a classic TIFF holds 4 GiB, its headers included


class ImageError(ValueError):
    """An image file that cannot be used; the message names the file."""


# --- what makes an image unfit ---------------------------------------------------------------


def check_gray(
    path: str | os.PathLike,
    shape: tuple[int, int],
    dtype: np.dtype,
    at_least: int,
    white_is_zero: bool = False,
) -> None:
    """Raise ImageError unless a mosaic has 8 or 16 bit, 0 as black and sides from `at_least` px."""
    if dtype not in (np.uint8, np.uint16):
        raise ImageError(
            f"{path}: gray levels of {dtype}; a mosaic has 8 or 16 bit without sign (uint8, uint16)"
        )
    if white_is_zero:
        raise ImageError(f"{path}: its 0 is white (MinIsWhite); save it with 0 for black")
    if min(shape) < at_least:
        raise ImageError(
            f"{path}: {shape[0]} x {shape[1]} px is too small, {at_least} px a side are needed"
        )


def check_stated_pixel_size(image, stated_nm: float, trust: str = "both") -> None:
    """Raise ImageError if an image's own pixel size is another than the config's (by over 1 %).

    Parameters
    ----------
    image : has a path, and pixel_size_nm as its file states it.
    trust : ``config`` where that is right whatever the file states, which is told then.
    """
    try:
        found = image.pixel_size_nm
        if found is None or math.isclose(found, stated_nm, rel_tol=0.01):
            return
        said = f"{image.path}: its pixels have {found:g} nm"
    except ImageError as error:
        said = str(error)
    if trust != "config":
        raise ImageError(
            f"{said}, pixel_size_nm in the config is {stated_nm:g}; `pixel_size_trust: config` "
            "beside it, where the config is right"
        )
    log.warning("%s; the config's %g nm count (pixel_size_trust)", said, stated_nm)


def check_lossless(path: str | os.PathLike, lossy: str | None) -> None:
    """Raise ImageError if labels are stored with a compression, by its name, that changes them."""
    if lossy:
        raise ImageError(
            f"{path}: is stored with lossy compression ({lossy}), which changes labels; export it "
            "from its origin without loss (LZW, deflate or none)"
        )


def check_mask_shape(
    path: str | os.PathLike, found: tuple[int, ...], shape: tuple[int, int]
) -> None:
    """Raise ImageError if a mask has another shape than the mosaic."""
    if tuple(found) != tuple(shape):
        raise ImageError(
            f"{path}: a mask of {' x '.join(map(str, found))} px; the mosaic has {shape[0]} x "
            f"{shape[1]} px"
        )


# --- stacks of tiles ------------------------------------------------------------------------


def write_stack(
    path: str | os.PathLike,
    tiles: np.ndarray | Iterable[np.ndarray],
    pixel_size_nm: float | None,
    shape: tuple[int, int, int] | None = None,
) -> None:
    """Write 0/1 tiles as one uncompressed, contiguous TIFF that can be memory-mapped.

    Fiji opens it as a stack with its pixel size. Up to 4 GB it is an ImageJ TIFF, beyond, where
    ImageJ's own format ends, a plain BigTIFF. The same tiles give the same bytes.

    Parameters
    ----------
    tiles : (n, size, size) uint8, 0 or 1, n >= 1; or the tiles one by one, and `shape` of all.
    pixel_size_nm : None where it is not known: no stack of the workflow, which asks for it.
    """
    shape = shape or tiles.shape
    if len(shape) != 3 or 0 in shape:
        raise ValueError(f"tiles must be (n, size, size) uint8, not {shape}")
    big = math.prod(shape) >= BIGTIFF_FROM
    if pixel_size_nm is None:
        size, resolution, unit = {}, (1, 1), "NONE"
    else:
        check_pixel_size(pixel_size_nm)
        size = {"pixel_size_nm": float(pixel_size_nm)}
        per_cm, per_um = per_centimetre(pixel_size_nm), (1e3 / pixel_size_nm,) * 2
        resolution, unit = (per_cm, "CENTIMETER") if big else (per_um, "NONE")
    metadata = size | {"images": shape[0]}
    if not big:
        metadata |= {"axes": "ZYX", "unit": "um" if size else "pixel", "min": 0.0, "max": 1.0}
    with written_whole(path) as partial:
        tifffile.imwrite(
            partial,
            map(_checked_tile, tiles),
            shape=shape,
            dtype=np.uint8,
            imagej=not big,
            bigtiff=big,
            photometric="minisblack",
            resolution=resolution,
            resolutionunit=unit,
            metadata=metadata,
        )


def _checked_tile(tile: np.ndarray) -> np.ndarray:
    if tile.dtype != np.uint8:
        raise ValueError(f"tiles must be uint8, not {tile.dtype}")
    if tile.max() > 1:
        raise ValueError(f"tiles must be 0 or 1, not {tile.max()}")
    return tile


def read_stack(path: str | os.PathLike) -> np.ndarray:
    """Memory-map a stack that `write_stack` wrote: (n, size, size) uint8, read only."""
    n = _stack_description(path)["images"]
    try:
        tiles = tifffile.memmap(path, mode="r")
    except ValueError as error:
        raise ImageError(f"{path}: truncated or not contiguous: {error}") from error
    tiles = tiles.reshape(-1, *tiles.shape[-2:])
    if len(tiles) != n:
        raise ImageError(f"{path}: truncated, {len(tiles)} tiles of {n}")
    return tiles


def in_pieces(stack: np.ndarray, size: int) -> np.ndarray:
    """Cut images (n, H, W) into their disjoint squares of `size` px: (m, size, size).

    So that realisations larger than a tile are described and compared as tiles are. What a side
    has beyond a whole number of squares is left out.
    """
    n, height, width = stack.shape
    down, right = height // size, width // size
    pieces = stack[:, : down * size, : right * size].reshape(n, down, size, right, size)
    return np.ascontiguousarray(pieces.swapaxes(2, 3)).reshape(-1, size, size)


def spread(stack: np.ndarray, n: int) -> np.ndarray:
    """Take `n` tiles, or all if there are fewer, evenly from a stack (m, size, size).

    Neighbours in a stack are neighbours in the rock: its first tiles would show one corner.
    """
    return stack[np.linspace(0, len(stack) - 1, min(n, len(stack))).round().astype(int)]


def stack_pixel_size(path: str | os.PathLike) -> float:
    """Return the pixel size in nm of a stack that `write_stack` wrote."""
    return float(_stack_description(path)["pixel_size_nm"])


# --- TIFF headers ---------------------------------------------------------------------------


@contextmanager
def open_tiff(path: str | os.PathLike) -> Iterator[tifffile.TiffFile]:
    """Open a TIFF; ImageError names the file if it is missing, broken or holds no image."""
    if not Path(path).is_file():
        raise ImageError(f"{path}: no such file")
    with readable(path):
        # By itself, where it is one of a set: its offsets are those of no other file.
        tiff = tifffile.TiffFile(path, _multifile=False)
    with tiff:
        with readable(path):
            has_images = len(tiff.series) > 0
        if not has_images:
            raise ImageError(f"{path}: holds no image")
        with readable(path):
            _check_declared(tiff, path)
        yield tiff


@contextmanager
def readable(path: str | os.PathLike) -> Iterator[None]:
    """Turn what goes wrong with a broken header, which may be anything, into an ImageError."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        reason = error if isinstance(error, tifffile.TiffFileError | OSError) else repr(error)
        raise ImageError(f"{path}: not a readable TIFF: {reason}") from error


def lossy_compression(page: tifffile.TiffPage) -> str | None:
    """Return the name of a page's compression if it changes pixels."""
    return LOSSY.get(page.compression)


def _check_declared(tiff: tifffile.TiffFile, path: str | os.PathLike) -> None:
    """Raise ImageError if a header promises more than a file can hold, or a computer."""
    file_size = tiff.filehandle.size
    for series in tiff.series:
        if series.nbytes > MOST_BYTES:
            raise ImageError(
                f"{path}: its header declares {' x '.join(map(str, series.shape))} px, more than "
                f"{MOST_BYTES / 2**40:g} TiB"
            )
        if series.keyframe.compression == 1:
            bits = series.keyframe.bitspersample  # 1 or 12, say, which are stored without gaps
            stored = series.size * bits // 8
            if stored > file_size:
                raise ImageError(
                    f"{path}: truncated, {file_size} bytes of at least {stored} (uncompressed)"
                )


def _stack_description(path: str | os.PathLike) -> dict:
    with open_tiff(path) as tiff:
        if tiff.is_imagej:
            description = tiff.imagej_metadata
        elif tiff.is_shaped:
            description = json.loads(tiff.pages[0].description)
        else:
            description = {}
        if "pixel_size_nm" not in description:
            raise ImageError(f"{path}: is no stack of tiles with a pixel size")
        return description


def per_centimetre(pixel_size_nm: float) -> tuple[float, float]:
    """Return the resolution of a TIFF in both directions."""
    return (1e7 / pixel_size_nm,) * 2


def check_pixel_size(pixel_size_nm: float) -> None:
    """Raise ValueError unless a pixel size is a length."""
    if not (math.isfinite(pixel_size_nm) and pixel_size_nm > 0):
        raise ValueError(f"pixel_size_nm must be above 0, not {pixel_size_nm}")


def listed(values: np.ndarray) -> str:
    """Name values, of many the first."""
    shown = ", ".join(map(str, values[:8].tolist()))
    return f"{shown}, ... ({len(values)} values)" if len(values) > 8 else shown

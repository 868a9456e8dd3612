"""Reading and writing mosaics and tile stacks (TIFF), and what makes them unfit for use."""

import hashlib
import json
import math
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile

from rockrec.outputs import written_whole

NM_PER_UNIT = {
    "nm": 1.0,
    "nanometer": 1.0,
    "µm": 1e3,
    "μm": 1e3,
    "um": 1e3,
    "micron": 1e3,
    "microns": 1e3,
    "mm": 1e6,
    "cm": 1e7,
}
BLOCK = 512  # side of a compressed block of a mosaic, px
BIGTIFF_FROM = 2**32 - 2**25  # bytes; a classic TIFF holds 4 GiB, its headers included


class ImageError(ValueError):
    """An image file that cannot be used; the message names the file."""


@dataclass(frozen=True)
class MosaicInfo:
    """What the header of a mosaic says; `pixel_size_nm` is None where it is silent."""

    path: Path
    height: int
    width: int
    dtype: np.dtype
    pixel_size_nm: float | None


# --- mosaics --------------------------------------------------------------------------------


def inspect_mosaic(path: str | os.PathLike) -> MosaicInfo:
    """Read the header of a 2D TIFF (of a pyramid: its full level), no pixels.

    Raises
    ------
    ImageError
        If the file is missing, no TIFF, shorter than its header says, or not 2D.
    """
    with _open_mosaic(path) as (tiff, page):
        return MosaicInfo(
            path=Path(path),
            height=page.shape[0],
            width=page.shape[1],
            dtype=np.dtype(page.dtype),
            pixel_size_nm=_pixel_size_nm(tiff, path),
        )


def read_mosaic(
    path: str | os.PathLike, rows: slice = slice(None), columns: slice = slice(None)
) -> np.ndarray:
    """Read a region (all by default) of a 2D TIFF at full resolution.

    Raises
    ------
    ImageError
        As `inspect_mosaic`, and if the pixels cannot be decoded.
    """
    with _open_mosaic(path) as (_, page):
        try:
            pixels = page.asarray()
        except Exception as error:  # every codec has its own
            raise ImageError(f"{path}: its pixels cannot be decoded: {error}") from error
        return np.ascontiguousarray(pixels[rows, columns])


def write_mosaic(path: str | os.PathLike, array: np.ndarray, pixel_size_nm: float) -> None:
    """Write a mosaic as tiled, compressed, pyramidal OME-BigTIFF with its pixel size.

    Each level of the pyramid keeps every second pixel of the one below, which is as right for
    label images as for gray ones. The same array gives the same bytes.

    Parameters
    ----------
    array : 2D array of integers or booleans (written as uint8).
    """
    array = np.asarray(array)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"a mosaic has two dimensions, not shape {array.shape}")
    _check_pixel_size(pixel_size_nm)
    if array.dtype == bool:
        array = array.view(np.uint8)

    levels = [array]
    while max(levels[-1].shape) > BLOCK and min(levels[-1].shape) > 1:
        levels.append(levels[-1][::2, ::2])
    metadata = {
        "axes": "YX",
        "PhysicalSizeX": pixel_size_nm / 1e3,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": pixel_size_nm / 1e3,
        "PhysicalSizeYUnit": "µm",
        "Creator": "rockrec",
        "UUID": _uuid_of(array),
    }
    with (
        written_whole(path) as partial,
        tifffile.TiffWriter(partial, bigtiff=True, ome=True) as tiff,
    ):
        for depth, level in enumerate(levels):
            tiff.write(
                np.ascontiguousarray(level),
                tile=(BLOCK, BLOCK),
                compression="zlib",
                photometric="minisblack",
                resolution=_per_centimetre(pixel_size_nm * 2**depth),
                resolutionunit="CENTIMETER",
                subifds=len(levels) - 1 if depth == 0 else None,
                subfiletype=0 if depth == 0 else 1,
                metadata=metadata if depth == 0 else None,
            )


def check_mosaic(image: np.ndarray, path: str | os.PathLike, at_least: int) -> None:
    """Raise ImageError if `image` is constant or has a side below `at_least` px (one tile)."""
    if min(image.shape) < at_least:
        raise ImageError(
            f"{path}: {image.shape[0]} x {image.shape[1]} px is smaller than a tile "
            f"({at_least} x {at_least} px)"
        )
    if image.min() == image.max():
        raise ImageError(f"{path}: every pixel has the value {image.flat[0]}")


def check_labels(
    labels: np.ndarray, path: str | os.PathLike, mosaic_shape: tuple[int, int]
) -> None:
    """Raise ImageError unless `labels` (0 = not labelled) fit the mosaic and name two classes."""
    if labels.shape != tuple(mosaic_shape):
        raise ImageError(
            f"{path}: labels of {labels.shape[0]} x {labels.shape[1]} px, but the mosaic has "
            f"{mosaic_shape[0]} x {mosaic_shape[1]} px"
        )
    if labels.dtype != bool and not np.issubdtype(labels.dtype, np.integer):
        raise ImageError(f"{path}: labels must be whole numbers, not {labels.dtype}")
    classes = np.unique(labels)
    if np.count_nonzero(classes) < 2:
        raise ImageError(
            f"{path}: needs labels of at least two classes (0 = not labelled), "
            f"has the values {_listed(classes)}"
        )


def check_phase(labels: np.ndarray, path: str | os.PathLike, phase: int) -> None:
    """Raise ImageError if no pixel of `labels` has the value `phase`, or all have."""
    found = np.unique(labels)
    if phase not in found:
        raise ImageError(f"{path}: no pixel is of phase {phase}; it has {_listed(found)}")
    if len(found) == 1:
        raise ImageError(f"{path}: every pixel is of phase {phase}")


# --- stacks of tiles ------------------------------------------------------------------------


def write_stack(path: str | os.PathLike, tiles: np.ndarray, pixel_size_nm: float) -> None:
    """Write 0/1 tiles as one uncompressed, contiguous TIFF that can be memory-mapped.

    Fiji opens it as a stack with its pixel size. Up to 4 GB it is an ImageJ TIFF, beyond, where
    ImageJ's own format ends, a plain BigTIFF. The same tiles give the same bytes.

    Parameters
    ----------
    tiles : (n, size, size) uint8, 0 or 1, n >= 1.
    """
    if tiles.ndim != 3 or 0 in tiles.shape or tiles.dtype != np.uint8:
        raise ValueError(f"tiles must be (n, size, size) uint8, not {tiles.shape} {tiles.dtype}")
    if tiles.max() > 1:
        raise ValueError(f"tiles must be 0 or 1, not {tiles.max()}")
    _check_pixel_size(pixel_size_nm)
    big = tiles.nbytes >= BIGTIFF_FROM
    metadata = {"pixel_size_nm": float(pixel_size_nm), "images": len(tiles)}
    if big:
        resolution, unit = _per_centimetre(pixel_size_nm), "CENTIMETER"
    else:
        metadata |= {"axes": "ZYX", "unit": "um", "min": 0.0, "max": 1.0}
        resolution, unit = (1e3 / pixel_size_nm,) * 2, "NONE"
    with written_whole(path) as partial:
        tifffile.imwrite(
            partial,
            tiles,
            imagej=not big,
            bigtiff=big,
            photometric="minisblack",
            resolution=resolution,
            resolutionunit=unit,
            metadata=metadata,
        )


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


def stack_pixel_size(path: str | os.PathLike) -> float:
    """Return the pixel size in nm of a stack that `write_stack` wrote."""
    return float(_stack_description(path)["pixel_size_nm"])


def read_external_stack(path: str | os.PathLike) -> np.ndarray:
    """Read a stack of binary images that another tool made.

    Returns
    -------
    (n, height, width) uint8, 0 or 1. A single 2D image gives n = 1.

    Raises
    ------
    ImageError
        If the file is missing, broken, of colour, or holds values other than 0 and 1, or 0
        and 255.
    """
    with _open_tiff(path) as tiff:
        try:
            stack = tiff.series[0].asarray()
        except Exception as error:  # every codec has its own
            raise ImageError(f"{path}: its pixels cannot be decoded: {error}") from error
        if "S" in tiff.series[0].axes or stack.ndim not in (2, 3):
            raise ImageError(f"{path}: not a stack of binary images, but of shape {stack.shape}")
    values = np.unique(stack)
    if not (set(values.tolist()) <= {0, 1} or set(values.tolist()) <= {0, 255}):
        raise ImageError(f"{path}: values must be 0 and 1, or 0 and 255, not {_listed(values)}")
    return (stack > 0).astype(np.uint8).reshape(-1, *stack.shape[-2:])


# --- TIFF headers ---------------------------------------------------------------------------


@contextmanager
def _open_tiff(path: str | os.PathLike) -> Iterator[tifffile.TiffFile]:
    if not Path(path).is_file():
        raise ImageError(f"{path}: no such file")
    try:
        tiff = tifffile.TiffFile(path)
    except (tifffile.TiffFileError, ValueError, OSError) as error:
        raise ImageError(f"{path}: not a readable TIFF: {error}") from error
    with tiff:
        try:
            has_images = len(tiff.series) > 0
        except Exception as error:  # a chain of broken offsets
            raise ImageError(f"{path}: not a readable TIFF: {error}") from error
        if not has_images:
            raise ImageError(f"{path}: holds no image")
        yield tiff


@contextmanager
def _open_mosaic(
    path: str | os.PathLike,
) -> Iterator[tuple[tifffile.TiffFile, tifffile.TiffPage]]:
    with _open_tiff(path) as tiff:
        full = tiff.series[0].levels[0]
        if len(full.shape) != 2:
            raise ImageError(f"{path}: a mosaic has two dimensions, this image is {full.shape}")
        page = full.keyframe
        ends = [
            offset + length
            for offset, length in zip(page.dataoffsets, page.databytecounts, strict=True)
        ]
        size = tiff.filehandle.size
        if not ends or max(ends) > size:
            raise ImageError(
                f"{path}: truncated, {size} bytes of at least {max(ends, default=size + 1)}"
            )
        yield tiff, page


def _pixel_size_nm(tiff: tifffile.TiffFile, path: str | os.PathLike) -> float | None:
    """Pixel size from OME or ImageJ metadata; bare resolution tags are too often a screen's."""
    if tiff.is_ome:
        pixels = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]
        pixels = (pixels[0] if isinstance(pixels, list) else pixels)["Pixels"]
        sizes = [pixels.get("PhysicalSizeX"), pixels.get("PhysicalSizeY")]
        units = [pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "XY"]
    elif tiff.is_imagej and "XResolution" in tiff.pages[0].tags:
        tags = tiff.pages[0].tags
        sizes = [
            tags[name].value[1] / max(tags[name].value[0], 1)
            for name in ("XResolution", "YResolution")
        ]
        unit = str(tiff.imagej_metadata.get("unit", "")).replace("\\u00B5", "µ")
        units = [unit, unit]
    else:
        return None
    if None in sizes or any(unit not in NM_PER_UNIT for unit in units):
        return None
    size_x, size_y = (
        float(size) * NM_PER_UNIT[unit] for size, unit in zip(sizes, units, strict=True)
    )
    if not math.isclose(size_x, size_y, rel_tol=1e-3):
        raise ImageError(f"{path}: pixels of {size_x:g} x {size_y:g} nm are not square")
    return size_x


def _stack_description(path: str | os.PathLike) -> dict:
    with _open_tiff(path) as tiff:
        if tiff.is_imagej:
            description = tiff.imagej_metadata
        elif tiff.is_shaped:
            description = json.loads(tiff.pages[0].description)
        else:
            description = {}
        if "pixel_size_nm" not in description:
            raise ImageError(f"{path}: is no stack of tiles with a pixel size")
        return description


def _per_centimetre(pixel_size_nm: float) -> tuple[float, float]:
    return (1e7 / pixel_size_nm,) * 2


def _check_pixel_size(pixel_size_nm: float) -> None:
    if not (math.isfinite(pixel_size_nm) and pixel_size_nm > 0):
        raise ValueError(f"pixel_size_nm must be above 0, not {pixel_size_nm}")


def _uuid_of(array: np.ndarray) -> str:
    """OME asks for a UUID; one made from the pixels keeps equal images equal files."""
    digest = hashlib.sha256(np.ascontiguousarray(array)).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _listed(values: np.ndarray) -> str:
    shown = ", ".join(map(str, values[:8].tolist()))
    return f"{shown}, ... ({len(values)} values)" if len(values) > 8 else shown

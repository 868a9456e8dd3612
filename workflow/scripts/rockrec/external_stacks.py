"""Stacks of images as other tools write them: all images that a file, or a set of files, holds."""

import os
from collections import Counter

import numpy as np
import tifffile

from rockrec.channels import as_gray
from rockrec.images import (
    ImageError,
    check_lossless,
    listed,
    lossy_compression,
    open_tiff,
    readable,
)
from rockrec.orientation import orientation_of, shown

MOST_RATIO = 2000  # of a stack, decoded to stored; zlib itself ends at 1032
SHOWN = 3  # of several sizes, the commonest


def read_external_stack(path: str | os.PathLike) -> np.ndarray:
    """Read a stack of binary images that another tool made.

    Returns
    -------
    (n, height, width) uint8, 0 or 1. A single 2D image gives n = 1.

    Raises
    ------
    ImageError
        If the file is missing, broken, in colour, or holds values other than 0 and 1, or 0
        and 255.
    """
    return as_binary(path, read_values(path))


def as_binary(path: str | os.PathLike, values: np.ndarray) -> np.ndarray:
    """Turn the values of images into uint8 0/1; ImageError if they are others than 0/1 or 0/255."""
    found = np.unique(values)
    if not (set(found.tolist()) <= {0, 1} or set(found.tolist()) <= {0, 255}):
        raise ImageError(f"{path}: values must be 0 and 1, or 0 and 255, not {listed(found)}")
    return (values > 0).astype(np.uint8)


def read_values(path: str | os.PathLike) -> np.ndarray:
    """Read every image of a stack as another tool stored it: (n, height, width).

    They may have been written one by one, or lie in the files of an OME set of which one is named.

    Raises
    ------
    ImageError : the file is missing, broken, in colour, or holds no images of two dimensions; its
        images differ in size or type, or some of its set are missing.
    """
    with open_tiff(path):  # looked at by itself, before what it says of other files is believed
        pass
    with readable(path), tifffile.TiffFile(path) as tiff:
        _check_whole(path, tiff)
        stacks = [_images(path, tiff, series) for series in tiff.series]
    kinds = Counter()
    for stack in stacks:
        kinds[stack.shape[1:], stack.dtype] += len(stack)
    if len(kinds) > 1:
        told = [f"{n} of {h} x {w} px {dtype}" for ((h, w), dtype), n in kinds.most_common(SHOWN)]
        raise ImageError(
            f"{path}: holds {kinds.total()} images in {len(stacks)} series, which are no one stack "
            f"({', '.join(told)}); save those of one size by themselves"
        )
    return stacks[0] if len(stacks) == 1 else np.concatenate(stacks)


def _check_whole(path: str | os.PathLike, tiff: tifffile.TiffFile) -> None:
    """Raise ImageError if images that a file tells of are missing, or packed as no images are."""
    if tiff.is_ome:
        pages = [page for series in tiff.series for page in series]
        if None in pages:
            held = len(pages) - pages.count(None)
            raise ImageError(
                f"{path}: states {len(pages)} images, of which {held} are here; put the other "
                "files of its set beside it, or save the stack as one file"
            )
    files = {page.parent.filehandle.path for series in tiff.series for page in series}
    declared = sum(series.nbytes for series in tiff.series)
    stored = sum(os.path.getsize(file) for file in files)
    if declared > MOST_RATIO * stored:
        raise ImageError(
            f"{path}: {stored} bytes would become {declared}: no stack of images is packed so"
        )


def _images(
    path: str | os.PathLike, tiff: tifffile.TiffFile, series: tifffile.TiffPageSeries
) -> np.ndarray:
    """The images of a series, (n, height, width)."""
    check_lossless(path, lossy_compression(series.keyframe))
    try:
        pixels = series.asarray()
    except Exception as error:  # every codec has its own
        raise ImageError(f"{path}: its pixels cannot be decoded: {error}") from error
    axes = series.axes
    if "S" in axes:
        planes = axes.endswith("SYX")
        if not (planes and tiff.is_shaped):  # tifffile stores a stack of 3 or 4 images as planes
            pixels = as_gray(path, np.moveaxis(pixels, axes.index("S"), -1))
    if pixels.ndim not in (2, 3):
        raise ImageError(f"{path}: not a stack of images, but of shape {pixels.shape}")
    pixels = shown(pixels, orientation_of(series.keyframe))
    return pixels.reshape(-1, *pixels.shape[-2:])

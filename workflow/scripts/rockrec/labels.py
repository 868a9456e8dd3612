"""Label images as annotation programs write them: HDF5 (ilastik), TIFF, NumPy, PNG."""

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import numpy as np
from imagecodecs import PngError, png_decode

from rockrec.channels import as_gray
from rockrec.images import ImageError, check_lossless
from rockrec.mosaics import open_mosaic

GRAY, PALETTE = 0, 3  # PNG's codes, in its header, of what values are: levels, numbers of colours
ILASTIK_DATASET = "exported_data"


class LabelImage:
    """A label image that is read like an array: ``labels[top:bottom, left:right]``.

    Every piece is checked as it is read, and comes as uint8 with 0 = not labelled.

    Attributes
    ----------
    path, shape, dtype, pixel_size_nm.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path: str | os.PathLike, source, unlabelled: int, classes: Collection[int]):
        if len(source.shape) != 2 or 0 in source.shape:
            raise ImageError(f"{path}: labels have two dimensions, this array is {source.shape}")
        check_lossless(path, getattr(source, "lossy", None))
        self.path, self.shape = Path(path), tuple(source.shape)
        self._source, self._unlabelled, self._classes = source, unlabelled, set(classes)

    @property
    def pixel_size_nm(self) -> float | None:
        """As the file states it, None if it does not; ImageError if that is unfit."""
        return getattr(self._source, "pixel_size_nm", None)

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        """Return a copy of a region.

        Raises
        ------
        ImageError : the region cannot be decoded, or holds a value that is no class; the
            message names the file, the value and where it stands first.
        """
        corner = [span.indices(side)[0] for span, side in zip(region, self.shape, strict=True)]
        try:
            found = np.asarray(self._source[region])
        except (OSError, RuntimeError, KeyError) as error:  # damaged HDF5 leads to each
            place = f"the pixels from row {corner[0]}, column {corner[1]} on"
            raise ImageError(f"{self.path}: {place} cannot be decoded: {error}") from error
        if found.dtype.kind not in "biuf":
            raise ImageError(f"{self.path}: labels are numbers, not {found.dtype}")
        labelled = found != self._unlabelled
        whole = labelled & (found >= 1) & (found <= 255)
        if found.dtype.kind == "f":
            whole &= np.floor(found) == found
        self._refuse(labelled & ~whole, found, corner, "labels are whole numbers from 1 to 255")
        labels = np.where(labelled, found, 0).astype(np.uint8)
        if self._classes:
            known = np.zeros(256, bool)
            known[[0, *self._classes]] = True
            named = ", ".join(map(str, sorted(self._classes)))
            self._refuse(~known[labels], found, corner, f"the classes are {named}")
        return labels

    def _refuse(self, wrong: np.ndarray, found: np.ndarray, corner: list[int], why: str) -> None:
        if wrong.any():
            row, column = np.unravel_index(wrong.argmax(), wrong.shape)
            raise ImageError(
                f"{self.path}: the label at row {corner[0] + row}, column {corner[1] + column} is "
                f"{found[row, column]}; {why}, and {self._unlabelled} where there is none"
            )


@contextmanager
def open_labels(
    path: str | os.PathLike, unlabelled: int = 0, classes: Collection[int] = ()
) -> Iterator[LabelImage]:
    """Open a label image without reading its pixels (of a PNG: all are read).

    Parameters
    ----------
    path : HDF5 (``.h5``, ``.hdf5``): its dataset ``exported_data``, or the only one, with the
        axes that its ``axistags`` name, else rows and columns; ``.npy``; ``.png``; TIFF
        otherwise. Axes of one element are dropped.
    unlabelled : the value of pixels that are not labelled.
    classes : the values that a label may have; any of 1 to 255 if empty.

    Raises
    ------
    ImageError : the file is missing or broken, or its array is not 2D; from `LabelImage`
        when it is read.
    """
    if not Path(path).is_file():
        raise ImageError(f"{path}: no such file")
    kinds = {".h5": _hdf5, ".hdf5": _hdf5, ".npy": _numpy, ".png": _png}
    with kinds.get(Path(path).suffix.lower(), open_mosaic)(path) as source:
        yield LabelImage(path, source, unlabelled, classes)


def read_labels(
    path: str | os.PathLike, unlabelled: int = 0, classes: Collection[int] = ()
) -> np.ndarray:
    """Read a label image whole, see `open_labels`: 2D uint8, 0 = not labelled."""
    with open_labels(path, unlabelled, classes) as labels:
        return labels[:, :]


class _Plane:
    """The rows and columns of an HDF5 dataset whose other axes have one element."""

    def __init__(self, dataset, axes: str):
        self.dataset, self.axes = dataset, axes
        self.shape = tuple(dataset.shape[axes.index(axis)] for axis in "yx")

    def __getitem__(self, region: tuple[slice, slice]) -> np.ndarray:
        wanted = dict(zip("yx", region, strict=True))
        plane = self.dataset[tuple(wanted.get(axis, 0) for axis in self.axes)]
        return plane if self.axes.index("y") < self.axes.index("x") else plane.T


@contextmanager
def _hdf5(path: str | os.PathLike) -> Iterator[_Plane]:
    import h5py  # not every user has labels of this kind

    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ImageError(f"{path}: not a readable HDF5 file: {error}") from error
    with file:
        try:
            dataset = _dataset(path, file, h5py.Dataset)
            plane = _Plane(dataset, _axes(path, dataset))
        except ImageError:
            raise
        except Exception as error:  # a damaged file leads to any
            raise ImageError(f"{path}: not a readable HDF5 file: {error!r}") from error
        yield plane


def _dataset(path, file, kind: type):
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, kind) else None)
    name = ILASTIK_DATASET if ILASTIK_DATASET in found else found[0] if len(found) == 1 else None
    if name is None:
        listed = ", ".join(sorted(found)) or "none"
        raise ImageError(
            f"{path}: needs the dataset {ILASTIK_DATASET} or a single one, has {listed}"
        )
    return file[name]


def _axes(path, dataset) -> str:
    """A letter for each axis of a dataset, y and x among them."""
    if "axistags" in dataset.attrs:
        try:
            axes = [axis["key"] for axis in json.loads(dataset.attrs["axistags"])["axes"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ImageError(f"{path}: its axistags cannot be read: {error!r}") from error
        if len(axes) != dataset.ndim or not {"y", "x"} <= set(axes):
            raise ImageError(f"{path}: its axistags {axes} do not fit the shape {dataset.shape}")
    else:
        long = [at for at, side in enumerate(dataset.shape) if side > 1]
        at = long if len(long) >= 2 else range(dataset.ndim)[-2:]
        if len(at) != 2:
            raise ImageError(f"{path}: labels have two dimensions, this array is {dataset.shape}")
        axes = ["-"] * dataset.ndim
        axes[at[0]], axes[at[1]] = "y", "x"
    for axis, side in zip(axes, dataset.shape, strict=True):
        if axis not in "yx" and side != 1:
            raise ImageError(f"{path}: labels have two dimensions, this array is {dataset.shape}")
    return "".join(axes)


@contextmanager
def _numpy(path: str | os.PathLike) -> Iterator[np.ndarray]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # its header is a piece of Python
        raise ImageError(f"{path}: not a readable NumPy file: {error!r}") from error
    if not isinstance(array, np.ndarray):
        raise ImageError(f"{path}: an archive of arrays (.npz), one array (.npy) is needed")
    yield _without_singletons(array)


@contextmanager
def _png(path: str | os.PathLike) -> Iterator[np.ndarray]:
    data = Path(path).read_bytes()
    try:
        if data[25] == PALETTE:  # its numbers are the labels, whatever their colours
            data = _without_palette(data)
        array = png_decode(data)
    except (PngError, ValueError, IndexError) as error:
        raise ImageError(f"{path}: not a readable PNG: {error}") from error
    if (bits := data[24]) < 8:  # the decoder stretched the values to 0 to 255
        array = array // np.uint8(255 // (2**bits - 1))
    yield as_gray(path, array) if array.ndim == 3 else array


def _without_palette(data: bytes) -> bytes:
    """Turn a PNG with a palette into one whose gray levels are its numbers of colours."""
    header = data[12:25] + bytes([GRAY]) + data[26:29]
    kept, at = [data[:12], header, crc32(header).to_bytes(4, "big")], 33
    while at < len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in (b"PLTE", b"tRNS"):
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _without_singletons(array: np.ndarray) -> np.ndarray:
    """Drop axes of one element as long as more than two are left."""
    for axis in reversed(range(array.ndim)):
        if array.ndim > 2 and array.shape[axis] == 1:
            array = np.squeeze(array, axis)
    return array

"""Segmented images as the subcommands read them: of one phase, with the size of a pixel."""

import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rockrec.external_stacks import as_binary, read_values
from rockrec.images import ImageError, open_tiff
from rockrec.label_values import together, values_of
from rockrec.labels import read_labels
from rockrec.pixel_sizes import pixel_size_of

log = logging.getLogger(__name__)

NO_TIFF = (".h5", ".hdf5", ".npy", ".png")  # read as label images


def read_images(
    paths: Sequence[Path], phase: int | None, option: str = "--phase"
) -> list[np.ndarray]:
    """Read each file: (n, height, width) uint8, 1 where the phase of interest is.

    Without a `phase` the images are binary, with it label images; `option` is what asks for it.

    Raises
    ------
    ImageError : a file that cannot be used, or a phase that no pixel has.
    """
    values = [_values(path) for path in paths]
    if phase is None:
        stacks = [_binary(*one) for one in zip(paths, values, strict=True)]
    else:
        found = [values_of(path, images) for path, images in zip(paths, values, strict=True)]
        together(found).check_phase(phase, option)
        stacks = [(one == phase).astype(np.uint8) for one in values]
    for path, stack in zip(paths, stacks, strict=True):
        n, height, width = stack.shape
        images = "1 image" if n == 1 else f"{n} images"
        log.info(
            "%s: %s of %d x %d px, phase fraction %.4g", path, images, height, width, stack.mean()
        )
    return stacks


def pixel_size(paths: Sequence[Path], asked_nm: float | None) -> float | None:
    """Return the side of a pixel in nm: the one that is asked for, else what the files state.

    None where nothing is stated. Raises ImageError if the files state several.
    """
    return chosen_pixel_size({path: _stated(path) for path in paths}, asked_nm)


def chosen_pixel_size(by_file: Mapping[Path, float | None], asked_nm: float | None) -> float | None:
    """Return the pixel size of files as `pixel_size` does, where it is known what they state."""
    stated = {path: size for path, size in by_file.items() if size is not None}
    if asked_nm is not None:
        for path, size in stated.items():
            if not _close(size, asked_nm):
                log.warning("%s states pixels of %g nm; %g are taken", path, size, asked_nm)
        return asked_nm
    first = next(iter(stated.values()), None)
    for path, size in stated.items():
        if not _close(size, first):
            raise ImageError(f"{path}: its pixels have {size:g} nm, those of others {first:g} nm")
    return first


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.01)


def _values(path: Path) -> np.ndarray:
    return read_labels(path)[None] if path.suffix.lower() in NO_TIFF else read_values(path)


def _binary(path: Path, values: np.ndarray) -> np.ndarray:
    try:
        return as_binary(path, values)
    except ImageError as error:
        raise ImageError(f"{error}; of label images, one has to be named as the phase") from error


def _stated(path: Path) -> float | None:
    if path.suffix.lower() in NO_TIFF:
        return None
    with open_tiff(path) as tiff:
        return pixel_size_of(tiff, path)

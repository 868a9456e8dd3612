"""The forest that segments a mosaic, and the file that holds it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from rockrec.housekeeping.integrity import check_model_file
from rockrec.housekeeping.outputs import written_whole
from rockrec.segmentation.forests.features import N_FEATURES
from rockrec.segmentation.forests.trees import Trees

FORMAT = 1  # of the file, and of the features that the trees look at


@dataclass
class Forest:
    """Trees, the label value of each of their classes, and the gray range they expect.

    Attributes
    ----------
    classes : label values.
    gray_range : gray levels that become -1 and 1 for the trees.
    class_names : of the classes, by label value; empty if they have none.
    pixel_size_nm, bits : of the mosaic whose labels it was fitted to; None where it is not known.
    """

    trees: Trees
    classes: tuple[int, ...]
    gray_range: tuple[float, float]
    class_names: Mapping[int, str] = field(default_factory=dict)
    pixel_size_nm: float | None = None
    bits: int | None = None


def normalised(gray: np.ndarray, gray_range: tuple[float, float]) -> np.ndarray:
    """Map gray levels so that the range of a mosaic becomes -1 to 1, float32."""
    low, high = map(float, gray_range)  # a scalar of NumPy's would widen the array
    return (gray.astype(np.float32) - np.float32(low)) * np.float32(2 / (high - low)) - 1


def save_forest(path: str | os.PathLike, forest: Forest) -> None:
    """Write a forest as arrays (NumPy's .npz); equal ones give equal bytes."""
    told = {
        "format": FORMAT,
        "classes": list(map(int, forest.classes)),
        "gray_range": list(map(float, forest.gray_range)),
        "class_names": list(forest.class_names.items()),
        "pixel_size_nm": forest.pixel_size_nm,
        "bits": forest.bits,
    }
    arrays = asdict(forest.trees) | {"told": np.array(json.dumps(told))}
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, **arrays)


def load_forest(path: str | os.PathLike) -> Forest:
    """Read a forest that `save_forest` wrote.

    Raises
    ------
    ValueError : the file is missing, broken, or no such model.
    """
    check_model_file(path, "a forest")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        told = json.loads(str(arrays.pop("told")))
        found = told["format"]
    except Exception as error:  # a network's file, say, or one that was tampered with
        raise ValueError(f"{path}: not a forest of this project: {error!r}") from error
    if found != FORMAT:
        raise ValueError(f"{path}: a forest of format {found}, this version reads {FORMAT}")
    try:
        trees = Trees(**arrays)
        trees.check(N_FEATURES)
        forest = Forest(
            trees,
            tuple(told["classes"]),
            tuple(told["gray_range"]),
            dict(told["class_names"]),
            told["pixel_size_nm"],
            told["bits"],
        )
        if len(forest.classes) != trees.shares.shape[1] or len(forest.gray_range) != 2:
            raise ValueError("another number of classes")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a forest of this project: {error}") from error
    return forest

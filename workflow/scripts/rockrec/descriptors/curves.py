"""Descriptors of binary images as curves over the lag."""

from collections.abc import Iterable, Mapping

import numpy as np

from rockrec.descriptors import kernels
from rockrec.descriptors.counting import (
    PIXELS_AT_ONCE,
    ReadRows,
    count,
    count_in_bands,
    on_lattice,
    origin_windows,
)
from rockrec.descriptors.packing import pack
from rockrec.descriptors.polytopes import BOUNDARIES, POLYTOPES, Polytope

FUNCTIONS = ("S2", "P3H", "P3V", "P4", "P6", "L")
# n of P_n; S2 is the mean of two directions.
ORDER = {"S2": 2} | {name: len(vertices(1)) for name, vertices in POLYTOPES.items()}
NAMES = (*ORDER, "L", "C2")
# Counted along rows and along columns, then averaged.
LINES = {"S2": ("S2H", "S2V"), "L": ("LH", "LV"), "C2": ("C2H", "C2V")}

Function = str | Polytope


def describe(
    images: np.ndarray,
    functions: Iterable[str] | Mapping[str, Function] = FUNCTIONS,
    boundary: str = "unbiased",
    n_lags: int | None = None,
) -> dict[str, np.ndarray]:
    """Descriptors of binary images, exact, at every lag.

    Parameters
    ----------
    images : (H, W) or (n, H, W), bool or 0/1, 1 = phase of interest.
    functions : names out of `NAMES` (S2, S2H, S2V, S2D+, S2D-, P3H, P3V, P4, P6, L, C2); or a
        mapping from keys of the result to such names or to polytopes of one's own: functions
        from the lag r to the (row, column) offsets of the vertices.
    boundary : ``"unbiased"``, ``"periodic"`` or ``"amiri2023"`` (square images only, no C2).
    n_lags : lags 0 ... n_lags - 1, in pixels; by default half the shorter side.

    Returns
    -------
    For each function a float64 array (n, n_lags); NaN where no origin fits.

    Raises
    ------
    ValueError : anything but 0 and 1 in the images, an empty or wrongly shaped array, an
        unknown function or boundary, more lags than the shorter side has pixels.

    Examples
    --------
    >>> import numpy as np
    >>> describe(np.indices((4, 4)).sum(axis=0) % 2, ["S2"])["S2"]
    array([[0.5, 0. ]])
    """
    stack = as_stack(images)
    named = named_functions(functions, boundary)
    n_lags = checked_lags(n_lags, stack.shape[1:], boundary)
    parts = {part for function in named.values() for part in parts_of(function)}
    counts = count(stack, parts, boundary, n_lags)
    return _curves(counts, named, stack.shape[1:], boundary, n_lags)


def describe_mosaic(
    read_rows: ReadRows,
    shape: tuple[int, int],
    functions: Iterable[str] | Mapping[str, Function] = FUNCTIONS,
    n_lags: int | None = None,
) -> dict[str, np.ndarray]:
    """Descriptors, ``unbiased``, of one image too large for the memory: exact, band by band.

    Parameters
    ----------
    read_rows : gives the rows from a first to before a last one, (rows, W), bool or 0/1. Bands
        overlap, by the height of the tallest polytope.
    shape : (H, W) of the image.
    functions, n_lags : as in `describe`; no C2, whose clusters know no bands.

    Returns
    -------
    For each function a float64 array (1, n_lags), equal to what `describe` gives.

    Raises
    ------
    ValueError : as `describe`, and if C2 is asked for or a band is not of the size asked for.
    """
    named = named_functions(functions, "unbiased")
    if "C2" in named.values():
        raise ValueError("C2 cannot be counted band by band: its clusters need the whole image")
    n_lags = checked_lags(n_lags, shape, "unbiased")

    def checked_rows(first: int, last: int) -> np.ndarray:
        band = as_stack(read_rows(first, last))
        if band.shape != (1, last - first, shape[1]):
            raise ValueError(f"rows {first} to {last} of a {shape} image came as {band.shape[1:]}")
        return band

    parts = {part for function in named.values() for part in parts_of(function)}
    counts = count_in_bands(checked_rows, shape, parts, n_lags)
    return _curves(counts, named, shape, "unbiased", n_lags)


def _curves(counts, named, shape, boundary, n_lags):
    """Counts over numbers of origins, rows and columns averaged."""
    means = {}
    for part, counted in counts.items():
        fitting = origin_windows(part, shape, boundary, n_lags).prod(axis=1)
        means[part] = counted / np.where(fitting > 0, fitting, np.nan)
    return {
        key: np.mean([means[part] for part in parts_of(function)], axis=0)
        for key, function in named.items()
    }


def scaled(curves: np.ndarray, phase_fraction: np.ndarray | float, n: int) -> np.ndarray:
    """Scaled autocovariance F_n(r) = (P_n(r) - phi^n) / (phi - phi^n) (Amiri et al. 2023, Eq. 2).

    Parameters
    ----------
    curves : P_n, lags along the last axis.
    phase_fraction : phi = P_n(0) in the same boundary convention, one for each curve.
    n : number of vertices, see `ORDER`.

    Returns
    -------
    An array shaped as `curves`; NaN where phi is 0 or 1.
    """
    phi = np.asarray(phase_fraction, float)[..., None]
    mixed = np.where((phi > 0) & (phi < 1), phi, np.nan)
    return (np.asarray(curves) - mixed**n) / (mixed - mixed**n)


def origins(
    function: Function,
    shape: tuple[int, int],
    boundary: str = "unbiased",
    n_lags: int | None = None,
) -> np.ndarray:
    """Number of origins at each lag, int64 (n_lags,): rows and columns together for S2, L, C2.

    Parameters and errors as in `describe`, for images of (H, W) = `shape`.
    """
    n_lags = checked_lags(n_lags, shape, boundary)
    named_functions({"function": function}, boundary)
    return sum(
        origin_windows(part, shape, boundary, n_lags).prod(axis=1) for part in parts_of(function)
    )


def chord_lengths(images: np.ndarray, boundary: str = "unbiased") -> tuple[np.ndarray, np.ndarray]:
    """Numbers of chords (maximal runs of 1 along a line) by their length in pixels.

    Returns
    -------
    int64 arrays (n, W + 1) for rows and (n, H + 1) for columns, indexed by the length. In a
    periodic line the run across the edge is one chord, and a full line one of its length.
    """
    stack = as_stack(images)
    checked_lags(1, stack.shape[1:], boundary)
    lattice = on_lattice(stack, boundary)
    planes, shape, wraps = pack(lattice), lattice.shape[1:], boundary != "unbiased"
    return (
        kernels.count_row_chords(planes, shape, wraps),
        kernels.count_column_chords(planes, shape, wraps),
    )


def as_stack(images: np.ndarray) -> np.ndarray:
    """Check that `images` are binary and return them as (n, H, W)."""
    images = np.asanyarray(images)
    if images.ndim not in (2, 3):
        raise ValueError(f"images must have 2 or 3 dimensions, not {images.ndim}")
    if images.size == 0:
        raise ValueError(f"images are empty: shape {images.shape}")
    stack = images if images.ndim == 3 else images[None]
    at_once = max(PIXELS_AT_ONCE // stack[0].size, 1)
    for i in range(0, len(stack), at_once):
        _check_binary(stack[i : i + at_once])
    return stack


def _check_binary(images: np.ndarray) -> None:
    if images.dtype == bool or (images.dtype == np.uint8 and images.max() <= 1):
        return
    if not np.issubdtype(images.dtype, np.number):
        raise ValueError(f"images must be bool or 0/1, not {images.dtype}")
    other = images[(images != 0) & (images != 1)]
    if other.size:
        raise ValueError(f"images must hold 0 and 1 only, found {other[0]}")


def named_functions(
    functions: Iterable[str] | Mapping[str, Function], boundary: str
) -> dict[str, Function]:
    """Functions by the key of their result, each checked."""
    named = dict(functions) if isinstance(functions, Mapping) else {f: f for f in functions}
    for function in named.values():
        if not callable(function) and function not in NAMES:
            raise ValueError(f"unknown function {function!r}: known are {', '.join(NAMES)}")
        if function == "C2" and boundary == "amiri2023":
            raise ValueError("C2 is not defined in amiri2023")
    return named


def parts_of(function: Function) -> tuple[Function, ...]:
    """What is counted for a function: two primitives, to be averaged, or itself."""
    return LINES.get(function, (function,))


def checked_lags(n_lags: int | None, shape: tuple[int, int], boundary: str) -> int:
    """Number of lags, by default half the shorter side, checked with the boundary."""
    height, width = shape
    if boundary not in BOUNDARIES:
        raise ValueError(f"unknown boundary {boundary!r}: known are {', '.join(BOUNDARIES)}")
    if boundary == "amiri2023" and height != width:
        raise ValueError(f"amiri2023 is for square images only, not {height} x {width}")
    if n_lags is None:
        n_lags = min(shape) // 2
    if not 1 <= n_lags <= min(shape):
        raise ValueError(f"{n_lags} lags of a {height} x {width} image: 1 to {min(shape)} exist")
    return int(n_lags)

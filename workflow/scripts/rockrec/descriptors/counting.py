"""Whole counts of a stack: for each primitive, the origins whose test the image passes.

A primitive is what one pass counts: a polytope, by name or as a function from r to offsets, or
a test along rows (LH, C2H) or columns (LV, C2V).
"""

from collections.abc import Iterable

import numpy as np

from . import kernels
from .clusters import label_clusters
from .packing import pack
from .polytopes import (
    POLYTOPES,
    Polytope,
    hexagon_height,
    origin_window,
    triangle_height,
    vertex_offsets,
)

Primitive = str | Polytope

# A segment and a pair in a cluster have the origins of the pair of pixels at their ends.
ENDS = {"LH": "S2H", "LV": "S2V", "C2H": "S2H", "C2V": "S2V"}

# Pixels packed at a time: bounds the memory.
PIXELS_AT_ONCE = 1 << 26
# Origins counted together, in rows and words: their words stay in the cache.
BLOCK_ROWS = 1024
BLOCK_WORDS = 16


def count(
    stack: np.ndarray, primitives: Iterable[Primitive], boundary: str, n_lags: int
) -> dict[Primitive, np.ndarray]:
    """Count each primitive in (n, H, W) images at lags 0 ... n_lags - 1: int64 (n, n_lags)."""
    primitives = set(primitives)
    at_once = max(PIXELS_AT_ONCE // stack[0].size, 1)
    parts = [
        _count_at_once(on_lattice(stack[i : i + at_once], boundary), primitives, boundary, n_lags)
        for i in range(0, len(stack), at_once)
    ]
    return {
        primitive: np.concatenate([part[primitive] for part in parts]) for primitive in primitives
    }


def on_lattice(stack: np.ndarray, boundary: str) -> np.ndarray:
    """The images on the lattice of origins: with a row and a column of 0 in ``amiri2023``."""
    return np.pad(stack, ((0, 0), (0, 1), (0, 1))) if boundary == "amiri2023" else stack


def origin_windows(
    primitive: Primitive, shape: tuple[int, int], boundary: str, n_lags: int
) -> np.ndarray:
    """Rows and columns of origins at each lag, int64 (n_lags, 2); 0, 0 where none fits."""
    windows = np.array(
        [origin_window(o, shape, boundary) for o in _offsets(primitive, n_lags)], np.int64
    )
    if boundary == "amiri2023" and primitive in ("P3H", "P3V"):
        windows[1::2] = 0
    return windows


def _offsets(primitive: Primitive, n_lags: int) -> list[np.ndarray]:
    name = ENDS.get(primitive, primitive)
    polytope = POLYTOPES.get(name, name)
    return [vertex_offsets(polytope, r) for r in range(n_lags)]


def _count_at_once(
    lattice: np.ndarray, primitives: set[Primitive], boundary: str, n_lags: int
) -> dict[Primitive, np.ndarray]:
    shape = lattice.shape[1:]
    wraps = boundary != "unbiased"
    counts = {}
    fused = primitives.intersection(kernels.FUSED)
    if fused or primitives & {"LH", "LV"}:
        reach = (hexagon_height(n_lags - 1), 2 * (n_lags - 1)) if wraps else (0, 0)
        planes = pack(lattice, *reach)
        if fused:
            counts |= _count_fused(planes, shape, wraps, fused, n_lags)
        if primitives & {"LH", "LV"}:
            in_rows, in_columns = kernels.count_chords(planes, *shape, wraps)
            counts["LH"] = _segments(in_rows, wraps, n_lags)
            counts["LV"] = _segments(in_columns, wraps, n_lags)
    clusters = primitives & {"C2H", "C2V"}
    if clusters:
        counts |= _count_clusters(lattice, clusters, wraps, n_lags)
    for primitive in primitives - counts.keys():
        counts[primitive] = _count_polytope(lattice, primitive, wraps, n_lags)
    return counts


def _count_fused(planes, shape, wraps, names, n_lags):
    heights = np.array(
        [[height(r) for r in range(n_lags)] for height in (triangle_height, hexagon_height)]
    )
    wanted = tuple(name in names for name in kernels.FUSED)
    counts = kernels.count_fused(planes, *shape, wraps, wanted, heights, BLOCK_ROWS, BLOCK_WORDS)
    return {name: counts[:, i] for i, name in enumerate(kernels.FUSED) if name in names}


def _segments(chords: np.ndarray, wraps: bool, n_lags: int) -> np.ndarray:
    """Segments of r + 1 pixels in chords counted by length: l - r in each of length l."""
    size = chords.shape[1] - 1
    full = chords[:, -1].copy() if wraps else np.zeros(len(chords), np.int64)
    chords = chords.copy()
    chords[:, -1] -= full
    longer = np.cumsum(chords[:, ::-1], axis=1)[:, ::-1]
    segments = np.cumsum(longer[:, :0:-1], axis=1)[:, ::-1]
    return segments[:, :n_lags] + size * full[:, None]


def _count_clusters(lattice, names, wraps, n_lags):
    labels = np.stack([label_clusters(image, wraps) for image in lattice])
    there = np.where(labels > 0, labels, -1)
    boundary = "periodic" if wraps else "unbiased"
    if wraps:
        reach = n_lags - 1
        there = np.pad(there, ((0, 0), (0, reach), (0, reach)), mode="wrap")
    return {
        name: kernels.count_same_label(
            labels, there, origin_windows(name, lattice.shape[1:], boundary, n_lags), name == "C2H"
        )
        for name in names
    }


def _count_polytope(lattice, primitive, wraps, n_lags):
    shape = lattice.shape[1:]
    offsets = _offsets(primitive, n_lags)
    if len({len(o) for o in offsets}) > 1:
        raise ValueError("a polytope must have as many vertices at every lag")
    offsets = np.array(offsets)
    if wraps:
        offsets %= shape
        windows = np.tile(shape, (n_lags, 1))
        down, right = offsets.max(axis=(0, 1))
    else:
        windows = np.array([origin_window(o, shape, "unbiased") for o in offsets])
        down, right = 0, 0
    return kernels.count_polytope(pack(lattice, down, right), offsets, windows)

"""Whole counts of a stack: for each primitive, the origins whose test the image passes.

A primitive is what one pass counts: a polytope, by name or as a function from r to offsets, or
a test along rows (LH, C2H) or columns (LV, C2V).
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np

from rockrec.descriptors import kernels
from rockrec.descriptors.clusters import label_clusters
from rockrec.descriptors.packing import pack
from rockrec.descriptors.polytopes import POLYTOPES, Polytope, vertex_offsets

Primitive = str | Polytope

# A segment and a pair in a cluster have the origins of the pair of pixels at their ends.
ENDS = {"LH": "S2H", "LV": "S2V", "C2H": "S2H", "C2V": "S2V"}

CLUSTERS = frozenset({"C2H", "C2V"})

# What is packed at a time bounds the memory: pixels of a stack, rows of a large image, which
# are also what a core's cache can hold of a word.
PIXELS_AT_ONCE = 1 << 27
BAND_ROWS = 2048
# Words of columns whose planes stay in the cache while all lags are counted.
BLOCK_WORDS = 16

ReadRows = Callable[[int, int], np.ndarray]
Counts = dict[Primitive, np.ndarray]


def count(stack: np.ndarray, primitives: Iterable[Primitive], boundary: str, n_lags: int) -> Counts:
    """Count each primitive in (n, H, W) images at lags 0 ... n_lags - 1: int64 (n, n_lags)."""
    primitives = set(primitives)
    at_once = max(PIXELS_AT_ONCE // stack[0].size, 1)
    chunks = [stack[i : i + at_once] for i in range(0, len(stack), at_once)]
    parts = [_count_chunk(chunk, primitives, boundary, n_lags) for chunk in chunks]
    return {name: np.concatenate([part[name] for part in parts]) for name in primitives}


def _count_chunk(
    chunk: np.ndarray, primitives: set[Primitive], boundary: str, n_lags: int
) -> Counts:
    counts = {}
    wraps = boundary != "unbiased"
    lattice = on_lattice(chunk, boundary)
    clusters = primitives & CLUSTERS
    if clusters:
        counts |= _count_clusters(lattice, clusters, wraps, n_lags)
    others = primitives - CLUSTERS
    if others and wraps:
        counts |= _count_packed(lattice, lattice.shape[1], others, wraps, n_lags)
    elif others:
        counts |= count_in_bands(lambda i, j: chunk[:, i:j], chunk.shape[1:], others, n_lags)
    return counts


def count_in_bands(
    read_rows: ReadRows, shape: tuple[int, int], primitives: Iterable[Primitive], n_lags: int
) -> Counts:
    """Count as `count` does, ``unbiased``, in images (H, W) that are read band by band.

    Parameters
    ----------
    read_rows : gives the rows from a first to before a last one of all images, (n, rows, W).
        Bands overlap by the height of the tallest polytope.
    primitives : none of a cluster, which knows no bands.
    """
    primitives = set(primitives)
    overlap = max(int(vertex_table(p, n_lags)[..., 0].max()) for p in primitives)
    totals = dict.fromkeys(primitives, 0)
    for top in range(0, shape[0], BAND_ROWS):
        rows = min(BAND_ROWS, shape[0] - top)
        band = read_rows(top, min(top + rows + overlap, shape[0]))
        counts = _count_packed(band, rows, primitives, False, n_lags)
        totals = {primitive: totals[primitive] + counts[primitive] for primitive in primitives}
    return totals


def on_lattice(stack: np.ndarray, boundary: str) -> np.ndarray:
    """The images on the lattice of origins: with a row and a column of 0 in ``amiri2023``."""
    return np.pad(stack, ((0, 0), (0, 1), (0, 1))) if boundary == "amiri2023" else stack


def vertex_table(primitive: Primitive, n_lags: int) -> np.ndarray:
    """Offsets of the vertices at each lag, int64 (n_lags, vertices, 2), the least of them 0.

    Raises
    ------
    ValueError : the number of vertices differs between lags.
    """
    if isinstance(primitive, str):
        return _standard_table(ENDS.get(primitive, primitive), n_lags)
    return _table(primitive, n_lags)


@lru_cache
def _standard_table(name: str, n_lags: int) -> np.ndarray:
    table = _table(POLYTOPES[name], n_lags)
    table.flags.writeable = False
    return table


def _table(polytope: Polytope, n_lags: int) -> np.ndarray:
    offsets = [vertex_offsets(polytope, r) for r in range(n_lags)]
    if len({len(o) for o in offsets}) > 1:
        raise ValueError("a polytope must have as many vertices at every lag")
    return np.array(offsets)


def origin_windows(
    primitive: Primitive, shape: tuple[int, int], boundary: str, n_lags: int
) -> np.ndarray:
    """Rows and columns of origins at each lag, int64 (n_lags, 2); 0, 0 where none fits."""
    height, width = shape
    extents = vertex_table(primitive, n_lags).max(axis=1)
    if boundary == "unbiased":
        windows = np.maximum(np.array([height, width]) - extents, 0)
        windows[(windows == 0).any(axis=1)] = 0
    else:
        one_more = boundary == "amiri2023"
        windows = np.tile([height + one_more, width + one_more], (n_lags, 1))
        if one_more and primitive in ("P3H", "P3V"):
            windows[1::2] = 0
    return windows


def _count_packed(
    lattice: np.ndarray, rows: int, primitives: set[Primitive], wraps: bool, n_lags: int
) -> Counts:
    """Count the origins in the first `rows` rows."""
    shape = lattice.shape[1:]
    fused = primitives.intersection(kernels.FUSED)
    segments = primitives & {"LH", "LV"}
    counts = {}
    if fused or segments:
        reach = vertex_table("P6", n_lags).max(axis=(0, 1)) if wraps else (0, 0)
        planes = pack(lattice, *reach)
        if fused:
            counts |= _count_fused(planes, rows, shape, wraps, fused, n_lags)
        if segments:
            counts |= _count_segments(planes, rows, shape, wraps, n_lags)
    for primitive in primitives - fused - segments:
        counts[primitive] = _count_polytope(lattice, rows, primitive, wraps, n_lags)
    return counts


def _count_fused(planes, rows, shape, wraps, names, n_lags):
    heights = np.stack(
        [vertex_table(name, n_lags)[..., 0].max(axis=1) for name in ("P3H", "P6")], axis=1
    )
    wanted = tuple(name in names for name in kernels.FUSED)
    counts = kernels.count_fused(planes, rows, shape, wraps, wanted, heights, BLOCK_WORDS)
    return {name: counts[:, :, i] for i, name in enumerate(kernels.FUSED) if name in names}


def _count_segments(planes, rows, shape, wraps, n_lags):
    height, width = shape
    in_rows = kernels.count_row_chords(planes, (rows, width), wraps)
    in_columns = kernels.count_column_chords(planes, shape, wraps)
    down = _segments(in_columns, wraps, n_lags)
    if rows < height:
        below = kernels.count_column_chords(planes[:, :, rows:], (height - rows, width), wraps)
        down -= _segments(below, wraps, n_lags)
    return {"LH": _segments(in_rows, wraps, n_lags), "LV": down}


def _segments(chords: np.ndarray, wraps: bool, n_lags: int) -> np.ndarray:
    """Segments of r + 1 pixels in chords counted by length: l - r in each of length l."""
    n, size = len(chords), chords.shape[1] - 1
    full = chords[:, -1:] * wraps
    # Chords of at least r + 1 pixels, then the pixels by which they exceed r.
    longer = np.cumsum(np.hstack([chords[:, :-1], chords[:, -1:] - full])[:, :0:-1], axis=1)
    beyond = np.cumsum(longer, axis=1)[:, ::-1]
    segments = np.zeros((n, n_lags), np.int64)
    segments[:, : min(size, n_lags)] = beyond[:, :n_lags]
    return segments + size * full


def _count_clusters(lattice, names, wraps, n_lags):
    labels = np.stack([label_clusters(image, wraps) for image in lattice])
    counts = {}
    for name in names:
        lines = labels if name == "C2H" else np.ascontiguousarray(labels.swapaxes(1, 2))
        pairs = kernels.count_same_label(lines)
        if wraps:
            # r apart one way round the line, or size - r the other way.
            pairs[:, 1:] += pairs[:, -2::-1]
        counts[name] = pairs[:, :n_lags]
    return counts


def _count_polytope(lattice, rows, primitive, wraps, n_lags):
    shape = lattice.shape[1:]
    table = vertex_table(primitive, n_lags)
    windows = origin_windows(primitive, shape, "periodic" if wraps else "unbiased", n_lags)
    windows[:, 0] = np.minimum(windows[:, 0], rows)
    if wraps:
        table = table % shape
    down, right = table.max(axis=(0, 1)) if wraps else (0, 0)
    return kernels.count_polytope(pack(lattice, down, right), table, windows)

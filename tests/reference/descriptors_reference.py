"""The definitions of the descriptors in plain numpy, as slow as need be.

Written from the definitions alone: it shares nothing with the library. Counts are whole
numbers, one for each lag; None stands for a lag at which a function does not exist.
"""

import math
from collections import deque

import numpy as np


def vertices(name, r):
    """(row, column) offsets from the origin pixel."""
    s = math.sqrt(3) / 2 * r
    h = math.ceil(s)
    return {
        "S2H": [(0, 0), (0, r)],
        "S2V": [(0, 0), (r, 0)],
        "S2D+": [(0, 0), (r, r)],
        "S2D-": [(0, r), (r, 0)],
        "P3H": [(0, 0), (0, r), (h, math.floor(r / 2))],
        "P3V": [(0, 0), (r, 0), (math.floor(r / 2), h)],
        "P4": [(0, 0), (0, r), (r, 0), (r, r)],
        "P6": [
            (0, 0),
            (0, r),
            (math.ceil(s), math.ceil(-r / 2)),
            (math.ceil(s), math.ceil(3 * r / 2)),
            (math.ceil(2 * s), 0),
            (math.ceil(2 * s), r),
        ],
    }[name]


def polytope_count(image, offsets, boundary):
    """(count, origins) of one polytope in one image."""
    if boundary == "amiri2023":
        image = np.pad(image, ((0, 1), (0, 1)))
    height, width = image.shape
    rows, columns = np.indices((height, width))
    inside = np.ones((height, width), bool)
    all_ones = np.ones((height, width), bool)
    if boundary == "unbiased":
        # An origin may itself lie outside: try all from which a vertex could be inside.
        reach = max(max(abs(y), abs(x)) for y, x in offsets)
        rows, columns = np.mgrid[-reach : height + reach, -reach : width + reach]
        inside = np.ones(rows.shape, bool)
        all_ones = np.ones(rows.shape, bool)
    for y, x in offsets:
        at_y, at_x = rows + y, columns + x
        if boundary == "unbiased":
            inside &= (at_y >= 0) & (at_y < height) & (at_x >= 0) & (at_x < width)
        all_ones &= image[at_y % height, at_x % width] == 1
    return int((inside & all_ones).sum()), int(inside.sum())


def line_segments(line, r, periodic):
    """(count, origins) of segments of r + 1 pixels of 1 in one line."""
    size = len(line)
    starts = range(size) if periodic else range(size - r)
    count = sum(all(line[(i + k) % size] == 1 for k in range(r + 1)) for i in starts)
    return count, len(starts)


def segment_count(image, r, boundary, along_rows):
    """(count, origins) of segments along rows or columns."""
    if boundary == "amiri2023":
        image = np.pad(image, ((0, 1), (0, 1)))
    lines = image if along_rows else image.T
    pairs = [line_segments(line, r, boundary != "unbiased") for line in lines]
    return sum(c for c, _ in pairs), sum(o for _, o in pairs)


def clusters(image, periodic):
    """Labels of 4-connected clusters, by flooding."""
    height, width = image.shape
    labels = np.zeros((height, width), int)
    n = 0
    for seed in zip(*np.nonzero(image), strict=True):
        if labels[seed]:
            continue
        n += 1
        labels[seed] = n
        queue = deque([seed])
        while queue:
            y, x = queue.popleft()
            for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if periodic:
                    near = near[0] % height, near[1] % width
                elif not (0 <= near[0] < height and 0 <= near[1] < width):
                    continue
                if image[near] and not labels[near]:
                    labels[near] = n
                    queue.append(near)
    return labels


def cluster_count(image, r, boundary, along_rows):
    """(count, origins) of pairs r apart in one cluster."""
    labels = clusters(image, boundary == "periodic")
    labels = labels if along_rows else labels.T
    far = np.roll(labels, -r, axis=1)
    same = (labels == far) & (labels > 0)
    if boundary == "unbiased":
        same = same[:, : labels.shape[1] - r]
    return int(same.sum()), same.size


def primitive_count(image, name, r, boundary):
    """(count, origins) of S2H, ..., P6, LH, LV, C2H, C2V."""
    if name in ("LH", "LV"):
        return segment_count(image, r, boundary, name == "LH")
    if name in ("C2H", "C2V"):
        return cluster_count(image, r, boundary, name == "C2H")
    if boundary == "amiri2023" and name in ("P3H", "P3V") and r % 2:
        return None
    return polytope_count(image, vertices(name, r), boundary)


def curve(image, name, boundary, n_lags):
    """A descriptor by its definition, float64 (n_lags,)."""
    parts = {"S2": ("S2H", "S2V"), "L": ("LH", "LV"), "C2": ("C2H", "C2V")}.get(name, (name,))
    values = np.full((len(parts), n_lags), np.nan)
    for part, row in zip(parts, values, strict=True):
        for r in range(n_lags):
            counted = primitive_count(image, part, r, boundary)
            if counted is not None and counted[1]:
                row[r] = counted[0] / counted[1]
    return values.mean(axis=0)

"""Counts over bit planes (see `packing`): polytopes by AND and population count, chords by runs.

All functions return whole numbers; a mean over origins is taken by the caller.
"""

import numpy as np
from numba import prange

from rockrec.descriptors.bits import funnel, lowest, ones
from rockrec.housekeeping.compiling import compiled

FUSED = ("S2H", "S2V", "P3H", "P3V", "P4", "P6")

ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
ONE = np.uint64(1)
ZERO = np.uint64(0)


@compiled()
def _shifted(planes, word, columns):
    """The two planes and the bit shift that put column x + `columns` at bit x of `word`."""
    first = word + (columns >> 6)
    return planes[first], planes[first + 1], np.uint64(columns & 63)


@compiled()
def _words(columns):
    return (columns + 63) >> 6


@compiled()
def _last_mask(columns):
    """The bits of the last word that lie inside `columns`."""
    return ALL_ONES >> np.uint64(-columns & 63)


@compiled()
def _count_word(planes, word, rows, shape, wraps, wanted, r, heights, edge, sides, counts):
    """Add the counts at lag r of the origins in one word of columns to `counts`.

    `edge` is filled with the horizontal edges (0,0) (0,r), which pairs, triangles and squares
    share; `sides` with the flat sides of the hexagon.
    """
    s2h, s2v, p3h, p3v, p4, p6 = wanted
    height, width = shape
    triangle, hexagon = heights
    half = r // 2
    last = word == _words(width) - 1
    mask = _last_mask(width) if wraps and last else ALL_ONES
    # Without wrapping the origins end where the last vertex meets the edge of the image.
    if wraps:
        rows_r, rows_triangle, rows_hexagon = rows, rows, rows
        has_edge, has_triangle, has_hexagon = True, True, True
    else:
        rows_r = min(rows, height - r)
        rows_triangle = min(rows, height - triangle)
        rows_hexagon = min(rows, height - hexagon)
        has_edge = word < _words(width - r)
        has_triangle = word < _words(width - triangle)
        has_hexagon = word < _words(width - 2 * r) and rows_hexagon > 0
    here = planes[word]

    if (s2h or p3h or p4) and has_edge:
        low, high, shift = _shifted(planes, word, r)
        total = ZERO
        for y in range(rows):
            pair = here[y] & funnel(low[y], high[y], shift) & mask
            edge[y] = pair
            total += ones(pair)
        counts[0] += total
        if p4:
            for y in range(rows, rows_r + r):
                edge[y] = here[y] & funnel(low[y], high[y], shift) & mask
            below = edge[r:]
            total = ZERO
            for y in range(rows_r):
                total += ones(edge[y] & below[y])
            counts[4] += total
        if p3h:
            low, high, shift = _shifted(planes, word, half)
            low, high = low[triangle:], high[triangle:]
            total = ZERO
            for y in range(rows_triangle):
                total += ones(edge[y] & funnel(low[y], high[y], shift))
            counts[2] += total
    if s2v:
        below = here[r:]
        total = ZERO
        for y in range(rows_r):
            total += ones(here[y] & below[y] & mask)
        counts[1] += total
    if p3v and has_triangle:
        below = here[r:]
        low, high, shift = _shifted(planes, word, triangle)
        low, high = low[half:], high[half:]
        total = ZERO
        for y in range(rows_r):
            total += ones(here[y] & below[y] & funnel(low[y], high[y], shift) & mask)
        counts[3] += total
    if p6 and has_hexagon:
        low, high, shift = _shifted(planes, word, half)
        low_r, high_r, shift_r = _shifted(planes, word, half + r)
        for y in range(rows_hexagon + hexagon):
            left, right = funnel(low[y], high[y], shift), funnel(low_r[y], high_r[y], shift_r)
            sides[y] = left & right & mask
        low, high, shift = _shifted(planes, word, 2 * r)
        low, high = low[triangle:], high[triangle:]
        middle, below = here[triangle:], sides[hexagon:]
        total = ZERO
        for y in range(rows_hexagon):
            corners = middle[y] & funnel(low[y], high[y], shift)
            total += ones(sides[y] & below[y] & corners)
        counts[5] += total


@compiled(parallel=True)
def count_fused(planes, rows, shape, wraps, wanted, heights, block_words):
    """Counts of the standard polytopes, which share their edges.

    Parameters
    ----------
    planes : uint64 (n, words + 1, rows), see `packing.pack`.
    rows : origins lie in the first so many rows.
    shape : rows and columns of the lattice.
    wraps : whether every pixel is an origin (the planes then reach beyond the lattice).
    wanted : six flags, in the order of `FUSED`.
    heights : int64 (lags, 2), of the triangle and of the hexagon.
    block_words : words whose lags are counted before the next words', so that their planes
        stay in the cache; blocks are what threads share out.

    Returns
    -------
    int64 (n, lags, 6).
    """
    n, n_rows = planes.shape[0], planes.shape[2]
    n_lags = heights.shape[0]
    words = _words(shape[1])
    blocks = (words + block_words - 1) // block_words
    counts = np.zeros((n * blocks, n_lags, 6), np.int64)
    for item in prange(n * blocks):
        first = item % blocks * block_words
        edge, sides = np.empty(n_rows, np.uint64), np.empty(n_rows, np.uint64)
        for r in range(n_lags):
            for word in range(first, min(first + block_words, words)):
                _count_word(
                    planes[item // blocks],
                    word,
                    rows,
                    shape,
                    wraps,
                    wanted,
                    r,
                    (heights[r, 0], heights[r, 1]),
                    edge,
                    sides,
                    counts[item, r],
                )
    return counts.reshape(n, blocks, n_lags, 6).sum(axis=1)


@compiled(parallel=True)
def count_polytope(planes, offsets, windows):
    """Counts of any polytope.

    Parameters
    ----------
    planes : uint64 (n, words + 1, rows), see `packing.pack`.
    offsets : int64 (lags, vertices, 2), none negative.
    windows : int64 (lags, 2): rows and columns of origins.

    Returns
    -------
    int64 (n, lags).
    """
    n, n_lags = planes.shape[0], offsets.shape[0]
    counts = np.zeros((n, n_lags), np.int64)
    for item in prange(n * n_lags):
        image, r = item // n_lags, item % n_lags
        rows, columns = windows[r]
        common = np.empty(rows, np.uint64)
        total = ZERO
        for word in range(_words(columns)):
            common[:] = _last_mask(columns) if word == _words(columns) - 1 else ALL_ONES
            for vertex in range(offsets.shape[1]):
                down, right = offsets[r, vertex]
                low, high, shift = _shifted(planes[image], word, right)
                low, high = low[down:], high[down:]
                for y in range(rows):
                    common[y] &= funnel(low[y], high[y], shift)
            for y in range(rows):
                total += ones(common[y])
        counts[image, r] = total
    return counts


@compiled(parallel=True)
def count_row_chords(planes, shape, wraps):
    """Numbers of chords (maximal runs of 1) in rows by length, int64 (n, W + 1).

    A full periodic line is one chord of the line's length.
    """
    height, width = shape
    chords = np.zeros((planes.shape[0], width + 1), np.int64)
    for image in prange(planes.shape[0]):
        for y in range(height):
            inside, start, opening = False, 0, 0
            carry = ZERO
            for word in range(_words(width)):
                bits = planes[image, word, y]
                if word == _words(width) - 1:
                    bits &= _last_mask(width)
                changes = bits ^ ((bits << ONE) | carry)
                carry = bits >> np.uint64(63)
                while changes:
                    x = (word << 6) + np.int64(lowest(changes))
                    changes &= changes - ONE
                    if x == width:
                        break
                    if not inside:
                        start = x
                    else:
                        chords[image, x - start] += 1
                        if start == 0:
                            opening = x
                    inside = not inside
            if inside:
                _add_last_chord(chords[image], width - start, opening, wraps)
    return chords


@compiled(parallel=True)
def count_column_chords(planes, shape, wraps):
    """Numbers of chords (maximal runs of 1) in columns by length, int64 (n, H + 1)."""
    height, width = shape
    chords = np.zeros((planes.shape[0], height + 1), np.int64)
    for image in prange(planes.shape[0]):
        start, opening = np.zeros(64, np.int64), np.zeros(64, np.int64)
        for word in range(_words(width)):
            mask = _last_mask(width) if word == _words(width) - 1 else ALL_ONES
            start[:] = 0
            opening[:] = 0
            above = ZERO
            for y in range(height):
                bits = planes[image, word, y] & mask
                changes = bits ^ above
                while changes:
                    x = lowest(changes)
                    changes &= changes - ONE
                    if (bits >> x) & ONE:
                        start[x] = y
                    else:
                        chords[image, y - start[x]] += 1
                        if start[x] == 0:
                            opening[x] = y
                above = bits
            while above:
                x = lowest(above)
                above &= above - ONE
                _add_last_chord(chords[image], height - start[x], opening[x], wraps)
    return chords


@compiled()
def _add_last_chord(chords, length, opening, wraps):
    """Count a chord that ends at the edge: in a periodic line it joins the one that opens it."""
    if wraps and opening > 0:
        chords[opening] -= 1
        length += opening
    chords[length] += 1


@compiled(parallel=True)
def count_same_label(labels):
    """Pairs of pixels of a line, r apart, with the same label.

    Two runs [a, b) and [c, d) of one label have a number of pairs that is piecewise linear in r,
    with corners at c - b, c - a, d - b and d - a: its second differences are summed.

    Parameters
    ----------
    labels : int32 (n, lines, size), 0 where there is none.

    Returns
    -------
    int64 (n, size + 1), lags 0 ... size.
    """
    n, n_lines, size = labels.shape
    pairs = np.zeros((n, size + 1), np.int64)
    for image in prange(n):
        corners = np.zeros(2 * size + 1, np.int64)
        runs = np.zeros((size // 2 + 1, 3), np.int64)
        for line in range(n_lines):
            pixels = labels[image, line]
            n_runs, x = 0, 0
            while x < size:
                if pixels[x] == 0:
                    x += 1
                    continue
                start, label = x, pixels[x]
                while x < size and pixels[x] == label:
                    x += 1
                runs[n_runs, 0], runs[n_runs, 1], runs[n_runs, 2] = start, x, label
                n_runs += 1
            for i in range(n_runs):
                a, b, label = runs[i]
                for j in range(i, n_runs):
                    c, d, other = runs[j]
                    if label == other:
                        corners[size + c - b] += 1
                        corners[size + c - a] -= 1
                        corners[size + d - b] -= 1
                        corners[size + d - a] += 1
        slope, value = 0, 0
        for i in range(2 * size):
            slope += corners[i]
            value += slope
            if i + 1 >= size:
                pairs[image, i + 1 - size] = value
    return pairs

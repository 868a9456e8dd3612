"""Counts over bit planes (see `packing`): polytopes by AND and population count, chords by runs.

All functions return whole numbers; a mean over origins is taken by the caller.
"""

import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.extending import intrinsic

FUSED = ("S2H", "S2V", "P3H", "P3V", "P4", "P6")

ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
ONE = np.uint64(1)
ZERO = np.uint64(0)


@intrinsic
def _ones(typing_context, word):
    """Population count of a uint64."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def _lowest(typing_context, word):
    """Index of the lowest set bit of a uint64 that is not 0."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@intrinsic
def _funnel(typing_context, low, high, shift):
    """The low word of ``high:low >> shift``, shift in 0 ... 63."""

    def generate(context, builder, signature, arguments):
        low, high, shift = arguments
        word = ir.IntType(64)
        function = builder.module.declare_intrinsic(
            "llvm.fshr", [word], ir.FunctionType(word, [word, word, word])
        )
        return builder.call(function, [high, low, shift])

    return types.uint64(types.uint64, types.uint64, types.uint64), generate


@njit(cache=True)
def _shifted(planes, word, columns):
    """The two planes and the bit shift that put column x + `columns` at bit x of `word`."""
    first = word + (columns >> 6)
    return planes[first], planes[first + 1], np.uint64(columns & 63)


@njit(cache=True)
def _words(columns):
    return (columns + 63) >> 6


@njit(cache=True)
def _last_mask(columns):
    """The bits of the last word that lie inside `columns`."""
    return ALL_ONES >> np.uint64(-columns & 63)


@njit(cache=True)
def _count_fused(
    planes, height, width, wraps, wanted, heights, top, bottom, first, last, edge, sides, counts
):
    """Add the counts of the origins in rows [top, bottom), words [first, last) to `counts`.

    `edge` holds the upper edge of squares and triangles (0,0) (0,r), `sides` the upper side
    of the hexagon, one word of columns wide: both are tested at two heights.
    """
    s2h, s2v, p3h, p3v, p4, p6 = wanted
    n_lags = counts.shape[1]
    for r in range(n_lags):
        triangle, hexagon, half = heights[0, r], heights[1, r], r // 2
        if wraps:
            tall, wide = 0, 0
        else:
            tall, wide = 1, 1
        rows_all = min(bottom, height) - top
        rows_r = min(bottom, height - tall * r) - top
        rows_half = min(bottom, height - tall * triangle) - top
        rows_hexagon = min(bottom, height - tall * hexagon) - top
        words_r = min(last, _words(width - wide * r))
        words_all = min(last, _words(width))
        words_apex = min(last, _words(width - wide * triangle))
        words_hexagon = min(last, _words(width - wide * 2 * r))
        for word in range(first, words_all):
            mask = _last_mask(width) if wraps and word == _words(width) - 1 else ALL_ONES
            here = planes[word][top:]
            if (s2h or p3h or p4) and word < words_r:
                low, high, shift = _shifted(planes, word, r)
                low, high = low[top:], high[top:]
                total = ZERO
                for y in range(rows_all):
                    pair = here[y] & _funnel(low[y], high[y], shift) & mask
                    edge[y] = pair
                    total += _ones(pair)
                counts[0, r] += total
                if p4:
                    for y in range(max(rows_all, 0), rows_r + r):
                        edge[y] = here[y] & _funnel(low[y], high[y], shift) & mask
                    below = edge[r:]
                    total = ZERO
                    for y in range(rows_r):
                        total += _ones(edge[y] & below[y])
                    counts[4, r] += total
                if p3h:
                    low, high, shift = _shifted(planes, word, half)
                    low, high = low[top + triangle :], high[top + triangle :]
                    total = ZERO
                    for y in range(rows_half):
                        total += _ones(edge[y] & _funnel(low[y], high[y], shift))
                    counts[2, r] += total
            if s2v:
                below = here[r:]
                total = ZERO
                for y in range(rows_r):
                    total += _ones(here[y] & below[y] & mask)
                counts[1, r] += total
            if p3v and word < words_apex:
                below = here[r:]
                low, high, shift = _shifted(planes, word, triangle)
                low, high = low[top + half :], high[top + half :]
                total = ZERO
                for y in range(rows_r):
                    total += _ones(here[y] & below[y] & _funnel(low[y], high[y], shift) & mask)
                counts[3, r] += total
            if p6 and word < words_hexagon and rows_hexagon > 0:
                low, high, shift = _shifted(planes, word, half)
                low_2, high_2, shift_2 = _shifted(planes, word, half + r)
                low, high, low_2, high_2 = low[top:], high[top:], low_2[top:], high_2[top:]
                for y in range(rows_hexagon + hexagon):
                    sides[y] = (
                        _funnel(low[y], high[y], shift)
                        & _funnel(low_2[y], high_2[y], shift_2)
                        & mask
                    )
                low, high, shift = _shifted(planes, word, 2 * r)
                low, high = low[top + triangle :], high[top + triangle :]
                middle, below = here[triangle:], sides[hexagon:]
                total = ZERO
                for y in range(rows_hexagon):
                    total += _ones(
                        sides[y] & below[y] & middle[y] & _funnel(low[y], high[y], shift)
                    )
                counts[5, r] += total


@njit(cache=True, parallel=True)
def count_fused(planes, height, width, wraps, wanted, heights, block_rows, block_words):
    """Counts of the standard polytopes, which share their edges.

    Parameters
    ----------
    planes : uint64 (n, words + 1, rows), see `packing.pack`.
    height, width : the lattice on which origins lie.
    wraps : whether every pixel is an origin (the planes then reach beyond the lattice).
    wanted : six flags, in the order of `FUSED`.
    heights : int64 (2, lags): of the triangle and of the hexagon.
    block_rows, block_words : origins treated together, so that their words stay in the cache.

    Returns
    -------
    int64 (n, 6, lags).
    """
    n, n_rows = planes.shape[0], planes.shape[2]
    n_lags = heights.shape[1]
    blocks = (height + block_rows - 1) // block_rows
    counts = np.zeros((n * blocks, 6, n_lags), np.int64)
    for item in prange(n * blocks):
        image, block = item // blocks, item % blocks
        top = block * block_rows
        bottom = min(top + block_rows, height)
        edge = np.empty(n_rows - top, np.uint64)
        sides = np.empty(n_rows - top, np.uint64)
        for first in range(0, _words(width), block_words):
            _count_fused(
                planes[image],
                height,
                width,
                wraps,
                wanted,
                heights,
                top,
                bottom,
                first,
                first + block_words,
                edge,
                sides,
                counts[item],
            )
    return counts.reshape(n, blocks, 6, n_lags).sum(axis=1)


@njit(cache=True, parallel=True)
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
                    common[y] &= _funnel(low[y], high[y], shift)
            for y in range(rows):
                total += _ones(common[y])
        counts[image, r] = total
    return counts


@njit(cache=True)
def _add_chord(chords, length, opening, size, wraps):
    """Count one chord; in a periodic line the one that ends at the edge joins `opening`."""
    if wraps and opening > 0 and length < size:
        chords[opening] -= 1
        chords[opening + length] += 1
    else:
        chords[length] += 1


@njit(cache=True)
def _row_chords(planes, height, width, wraps, chords):
    for y in range(height):
        inside, start, opening = False, 0, 0
        carry = ZERO
        for word in range(_words(width)):
            bits = planes[word, y]
            if word == _words(width) - 1:
                bits &= _last_mask(width)
            changes = bits ^ ((bits << ONE) | carry)
            carry = bits >> np.uint64(63)
            while changes:
                x = (word << 6) + np.int64(_lowest(changes))
                changes &= changes - ONE
                if not inside:
                    start = x
                elif x < width:
                    chords[x - start] += 1
                    if start == 0:
                        opening = x
                if x < width:
                    inside = not inside
        if inside:
            _add_chord(chords, width - start, opening, width, wraps)


@njit(cache=True)
def _column_chords(planes, height, width, wraps, chords):
    start, opening = np.zeros(64, np.int64), np.zeros(64, np.int64)
    for word in range(_words(width)):
        mask = _last_mask(width) if word == _words(width) - 1 else ALL_ONES
        start[:] = 0
        opening[:] = 0
        above = ZERO
        for y in range(height):
            bits = planes[word, y] & mask
            changes = bits ^ above
            while changes:
                x = _lowest(changes)
                changes &= changes - ONE
                if (bits >> x) & ONE:
                    start[x] = y
                else:
                    chords[y - start[x]] += 1
                    if start[x] == 0:
                        opening[x] = y
            above = bits
        while above:
            x = _lowest(above)
            above &= above - ONE
            _add_chord(chords, height - start[x], opening[x], height, wraps)


@njit(cache=True, parallel=True)
def count_chords(planes, height, width, wraps):
    """Numbers of chords by length: maximal runs of 1 in rows and in columns.

    Returns
    -------
    Two int64 arrays, (n, W + 1) for rows and (n, H + 1) for columns, indexed by the length.
    A full periodic line is one chord of the line's length.
    """
    n = planes.shape[0]
    in_rows = np.zeros((n, width + 1), np.int64)
    in_columns = np.zeros((n, height + 1), np.int64)
    for image in prange(n):
        _row_chords(planes[image], height, width, wraps, in_rows[image])
        _column_chords(planes[image], height, width, wraps, in_columns[image])
    return in_rows, in_columns


@njit(cache=True, parallel=True)
def count_same_label(labels, others, windows, horizontal):
    """Pairs of pixels r apart with the same label.

    Parameters
    ----------
    labels : int32 (n, rows, columns), 0 where there is none.
    others : the same, but -1 where there is none, so that nothing equals nothing.
    windows : int64 (lags, 2): rows and columns of origins.
    horizontal : along rows (else along columns).

    Returns
    -------
    int64 (n, lags).
    """
    n, n_lags = labels.shape[0], windows.shape[0]
    counts = np.zeros((n, n_lags), np.int64)
    for item in prange(n * n_lags):
        image, r = item // n_lags, item % n_lags
        down, right = (0, r) if horizontal else (r, 0)
        rows, columns = windows[r]
        total = 0
        for y in range(rows):
            here = labels[image, y]
            there = others[image, y + down, right:]
            in_row = np.int32(0)
            for x in range(columns):
                in_row += np.int32(here[x] == there[x])
            total += in_row
        counts[image, r] = total
    return counts

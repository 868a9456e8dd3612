"""Laying patches: the places that fit best, and the cut between a patch and what lies there."""

import numpy as np

from rockrec.descriptors.bits import funnel, ones
from rockrec.housekeeping.compiling import compiled

ONE, SHIFT = np.uint64(1), np.uint64(32)
FAR = np.int64(1) << np.int64(40)
UNTIE = 1e-3  # random part of a pixel's error, which leads a cut through equal pixels


@compiled(nogil=True)
def lay_patches(image, planes, shape, side, overlap, best, tried, lean, state):
    """Fill an image (H, W) uint8 from its upper left corner, row of patches by row.

    Each patch is one of the `best` that agree most with what is laid above and to the left, of
    `tried` random places in the training tiles.

    Parameters
    ----------
    lean : (2,), by how much the logarithm of a place's chance to be chosen grows with a pixel of
        the phase, and with a pair of unlike neighbours, of what it adds; see `lean_for`.
    planes : the packed tiles, see `rockrec.descriptors.packing`; `shape` of one, px.
    state : (1,) uint64, of the random numbers; not 0.
    """
    for top in range(0, max(len(image) - overlap, 1), side - overlap):
        lay_row(image, planes, shape, side, overlap, best, tried, lean, state, top, top > 0)


@compiled(nogil=True)
def lay_row(image, planes, shape, side, overlap, best, tried, lean, state, top, joined):
    """Lay the row of patches that begins in row `top` of an image, see `lay_patches`.

    joined : the `overlap` rows from `top` on are laid already.
    """
    rows, columns = image.shape
    old, mask = np.zeros(side, np.uint64), np.zeros(side, np.uint64)
    errors, places = np.empty(best, np.int64), np.empty((best, 3), np.int64)
    whole = ~np.uint64(0) >> np.uint64(64 - side)
    strip = ~np.uint64(0) >> np.uint64(64 - overlap)
    for left in range(0, max(columns - overlap, 1), side - overlap):
        for row in range(side):
            mask[row] = whole if joined and row < overlap else strip if left > 0 else 0
            old[row] = 0
            for column in range(side):
                if top + row < rows and left + column < columns:
                    old[row] |= np.uint64(image[top + row, left + column]) << np.uint64(column)
        wanted = best if joined or left > 0 else 1
        kept = _find(planes, shape, old, mask, wanted, tried, errors, places, state)
        number, y, x = places[_choose(planes, places[:kept], mask, lean, state)]
        _join(image, planes, number, y, x, (top, left), side, overlap, state, joined)


@compiled(nogil=True)
def _find(planes, shape, old, mask, wanted, tried, errors, places, state):
    """Note the places whose masked bits differ least from `old`; return how many."""
    side, kept = len(old), 0
    for _ in range(tried if wanted > 1 else 1):
        number = _below(state, len(planes))
        y, x = _below(state, shape[0] - side + 1), _below(state, shape[1] - side + 1)
        most = errors[kept - 1] if kept == wanted else FAR
        word, bit = x >> 6, np.uint64(x & 63)
        error = 0
        for row in range(side):
            bits = funnel(planes[number, word, y + row], planes[number, word + 1, y + row], bit)
            error += np.int64(ones((bits ^ old[row]) & mask[row]))
            if error >= most:
                break
        if error >= most:
            continue
        kept = min(kept + 1, wanted)
        at = kept - 1
        while at > 0 and errors[at - 1] > error:
            errors[at] = errors[at - 1]
            places[at] = places[at - 1]
            at -= 1
        errors[at] = error
        places[at, 0], places[at, 1], places[at, 2] = number, y, x
    return kept


@compiled(nogil=True)
def _choose(planes, places, mask, lean, state):
    """Draw one of the places, each with the chance that `lean` gives it."""
    total = np.empty(len(places))
    for place in range(len(places)):
        pixels, pairs = _added(planes, places[place], mask)
        total[place] = lean[0] * pixels + lean[1] * pairs
    total = np.cumsum(np.exp(total - total.max()))
    drawn = _uniform(state) * total[-1]
    return min(np.searchsorted(total, drawn, side="right"), len(places) - 1)


@compiled(nogil=True)
def _added(planes, place, mask):
    """Pixels of the phase that a patch has where nothing lies yet; pairs of unlike neighbours."""
    number, y, x = place
    side = len(mask)
    whole = ~np.uint64(0) >> np.uint64(64 - side)
    word, bit = x >> 6, np.uint64(x & 63)
    pixels, pairs, above = 0, 0, np.uint64(0)
    for row in range(side):
        bits = funnel(planes[number, word, y + row], planes[number, word + 1, y + row], bit)
        free = ~mask[row] & whole
        pixels += np.int64(ones(bits & free))
        pairs += np.int64(ones((bits ^ (bits >> ONE)) & free & (whole >> ONE)))
        if row > 0:
            pairs += np.int64(ones((bits ^ above) & free))
        above = bits
    return pixels, pairs


@compiled(nogil=True)
def _join(image, planes, number, y, x, corner, side, overlap, state, joined):
    """Copy a patch to its corner; in the overlaps as far as the cuts of least error say."""
    top, left = corner
    patch, taken = np.empty((side, side), np.uint8), np.ones((side, side), np.bool_)
    error = np.zeros((side, side))
    for row in range(side):
        for column in range(side):
            at = x + column
            bit = planes[number, at >> 6, y + row] >> np.uint64(at & 63)
            patch[row, column] = np.uint8(bit & ONE)
            inside = top + row < image.shape[0] and left + column < image.shape[1]
            if inside and (row < overlap or column < overlap):
                differ = patch[row, column] != image[top + row, left + column]
                error[row, column] = differ + UNTIE * _uniform(state)
    if left > 0:
        path = _cut(error[:, :overlap])
        for row in range(side):
            taken[row, : path[row]] = False
    if joined:
        path = _cut(error[:overlap].T)
        for column in range(side):
            taken[: path[column], column] = False
    for row in range(min(side, image.shape[0] - top)):
        for column in range(min(side, image.shape[1] - left)):
            if taken[row, column]:
                image[top + row, left + column] = patch[row, column]


@compiled(nogil=True)
def _cut(error):
    """The way of least error down a strip (length, width): a column for each row."""
    length, width = error.shape
    total = error.copy()
    for row in range(1, length):
        for column in range(width):
            least = total[row - 1, column]
            if column > 0:
                least = min(least, total[row - 1, column - 1])
            if column < width - 1:
                least = min(least, total[row - 1, column + 1])
            total[row, column] += least
    path = np.empty(length, np.int64)
    path[-1] = np.argmin(total[-1])
    for row in range(length - 2, -1, -1):
        before = path[row + 1]
        first = max(before - 1, 0)
        path[row] = first + np.argmin(total[row, first : min(before + 2, width)])
    return path


@compiled(nogil=True)
def _random(state):
    """Xorshift (Marsaglia 2003), 64 bits; the upper ones are the random ones."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@compiled(nogil=True)
def _below(state, n):
    """A whole number in 0 ... n - 1, n < 2**32."""
    return np.int64(((_random(state) >> SHIFT) * np.uint64(n)) >> SHIFT)


@compiled(nogil=True)
def _uniform(state):
    """A number in [0, 1)."""
    return (_random(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)

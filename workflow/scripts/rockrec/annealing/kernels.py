"""One annealing stage: swaps of two pixels of different phase, each recounted where it changes.

A swap clears pixel 1 and sets pixel 0. While both are 0, the tuples that each would complete are
read off the image: those that pixel 1 takes with it, and those that pixel 0 brings. So counts
stay whole numbers, and equal to a full recount, however long the run.

Indices in inner loops are unsigned, for numba then spares the test for negative ones, and arrays
are passed on whole, for a slice costs more than the loop over its lags.
"""

import math
from typing import NamedTuple

import numpy as np

from rockrec.housekeeping.compiling import compiled

PAIRS, CHORDS, TUPLES, CLUSTERS, EULER, EDGES, DIAGONALS = range(7)
FOLD = 8  # lags are padded to a multiple of this, to be summed in a fixed order
EVERYWHERE, INTERFACE = 0, 1
U = np.uint64
AROUND = ((0, 1), (1, 0), (0, -1), (-1, 0))
# What a window of 2 x 2 pixels adds to four times the Euler number, 8-connected (Gray 1971): one
# corner of four adds 1, three take 1, two that touch at a corner only take 2.
QUARTERS = np.array([0, 1, 1, 0, 1, 0, -2, -1, 1, -2, 0, -1, 0, -1, -1, 0])


class Sites(NamedTuple):
    """The pixels that may be drawn for a swap, by sort: all of a phase, or those at an interface.

    A pixel is at an interface if one of its four neighbours is of the other phase.
    """

    drawn_from: np.ndarray  # int64 (2 sorts, 2 phases, H * W): the first n
    n: np.ndarray  # int64 (2 sorts, 2 phases)
    position: np.ndarray  # int64 (2 sorts, H * W): where in drawn_from, or -1


class Best(NamedTuple):
    """The configuration of least energy, and the swaps accepted since."""

    image: np.ndarray  # uint8 (H * W,)
    counts: np.ndarray  # int64 (channels, lags)
    swaps: np.ndarray  # int64 (most, 2)
    state: np.ndarray  # int64: number of swaps noted, 1 if more were made than noted


class Clusters(NamedTuple):
    """The 4-connected clusters, kept up to date pixel by pixel, and room to do so.

    A move is tried on the labels themselves; `log` takes it back.
    """

    labels: np.ndarray  # int32 (H * W,), 0 where there is none
    size: np.ndarray  # int32 (H * W + 2,), pixels of each label; 0 for one that is free
    seen: np.ndarray  # int64 (H * W,): the search, times 4, and which of its fronts was here
    fronts: np.ndarray  # int32 (4, H * W)
    log: np.ndarray  # int32 (3 * H * W + 2, 2): pixels, and their labels before
    state: np.ndarray  # int64: entries of log, number of the last search, last label given


@compiled()
def _random(state):
    """Xorshift (Marsaglia 2003), 64 bits; the upper ones are the random ones."""
    x = state[0]
    x ^= x << U(13)
    x ^= x >> U(7)
    x ^= x << U(17)
    state[0] = x
    return x


@compiled()
def _below(state, n):
    """A whole number in 0 ... n - 1, n < 2**32."""
    return np.int64(((_random(state) >> U(32)) * U(n)) >> U(32))


@compiled()
def _uniform(state):
    """A number in [0, 1)."""
    return (_random(state) >> U(11)) * (1.0 / 9007199254740992.0)


@compiled()
def _at(copies, k, y, x):
    """Where pixel (y, x) lies in copy k."""
    return U(copies[k, 0] + copies[k, 1] * y + copies[k, 2] * x)


@compiled()
def _set(pixels, copies, height, width, periodic, y, x, value):
    """Set a pixel in every copy, and wherever a copy repeats it periodically."""
    for k in range(len(copies)):
        pixels[_at(copies, k, y, x)] = value
        if periodic:
            for i in range(-1, 2):
                for j in range(-1, 2):
                    row, column = y + i * height, x + j * width
                    line = copies[k, 3] * row + copies[k, 4] * column + copies[k, 5]
                    place = copies[k, 7] * row + copies[k, 8] * column + copies[k, 9]
                    if 0 <= line < copies[k, 6] and 0 <= place < copies[k, 10]:
                        pixels[_at(copies, k, row, column)] = value


@compiled()
def _add_pairs(pixels, ahead1, behind1, ahead0, behind0, change, c):
    """Pairs along a line, r to either side: those of pixel 0 less those of pixel 1."""
    for r in range(U(change.shape[1])):
        made = np.int8(pixels[ahead0 + r]) + np.int8(pixels[behind0 + r])
        lost = np.int8(pixels[ahead1 + r]) + np.int8(pixels[behind1 + r])
        change[c, r] += np.int32(made - lost)


@compiled()
def _add_chords(pixels, ahead, behind, full, sign, change, c):
    """Segments of r + 1 pixels that setting the pixel makes, `sign` times.

    It joins the chords of a and b pixels on its two sides into one of a + b + 1; a chord of l
    pixels holds l - r segments. A periodic line of `full` pixels holds one from each of them.
    """
    a, b = 0, 0
    while pixels[ahead + U(1 + a)]:
        a += 1
    while pixels[behind + U(1 + b)]:
        b += 1
    closes = a == full - 1  # then b is the same chord seen from its other end
    if closes:
        b = 0
    for r in range(change.shape[1]):
        after = full if closes else max(a + b + 1 - r, 0)
        change[c, U(r)] += sign * (after - max(a - r, 0) - max(b - r, 0))


@compiled()
def _read_rays(pixels, copies, line_rays, slanted_rays, y, x, rays, which):
    """Copy the rays that begin at pixel (y, x) to ``rays[which]``."""
    n_lines, n_lags, which = len(line_rays), U(rays.shape[2]), U(which)
    for k in range(n_lines):
        at = _at(copies, line_rays[k], y, x)
        for r in range(n_lags):
            rays[which, U(k), r] = pixels[at + r]
    at = np.int64(_at(copies, len(copies) - 1, y, x))
    for k in range(len(slanted_rays)):
        for r in range(n_lags):
            rays[which, U(n_lines + k), r] = pixels[U(at + slanted_rays[U(k), r])]


@compiled()
def _add_tuples(term_rays, t, n_rays, rays, joint, change, c):
    """Tuples that a pixel completes as one of the vertices: of pixel 0 less those of pixel 1."""
    n_lags, first = U(change.shape[1]), U(term_rays[t, 0])
    for pixel in range(U(2)):
        for r in range(n_lags):
            joint[pixel, r] = rays[pixel, first, r]
        for k in range(1, n_rays):
            ray = U(term_rays[t, k])
            for r in range(n_lags):
                joint[pixel, r] &= rays[pixel, ray, r]
    for r in range(n_lags):
        change[c, r] += np.int32(np.int8(joint[U(0), r]) - np.int8(joint[U(1), r]))


@compiled()
def _beside(height, width, periodic, pixel, side):
    """The pixel at a side of another, or -1."""
    y, x = pixel // width + AROUND[side][0], pixel % width + AROUND[side][1]
    if periodic:
        y, x = y % height, x % width
    elif not (0 <= y < height and 0 <= x < width):
        return -1
    return y * width + x


@compiled()
def _label(clusters, pixel, label):
    labels, size, _, _, log, state = clusters
    before = labels[pixel]
    log[state[0], 0], log[state[0], 1] = pixel, before
    state[0] += 1
    size[before] -= 1
    size[label] += 1
    labels[pixel] = label


@compiled()
def _free_label(clusters):
    _, size, _, _, _, state = clusters
    while True:
        state[2] = state[2] % (len(size) - 1) + 1
        if size[state[2]] == 0:
            return state[2]


@compiled()
def _unlabel_to(clusters, n_entries):
    """Take back all but the first entries of the log."""
    labels, size, _, _, log, state = clusters
    while state[0] > n_entries:
        state[0] -= 1
        pixel, before = log[state[0], 0], log[state[0], 1]
        size[labels[pixel]] -= 1
        size[before] += 1
        labels[pixel] = before


@compiled()
def _add_ends(clusters, height, width, periodic, pixel, label, sign, change, c, d):
    """Pairs of a pixel with a label in its row (channel c) and column (d), `sign` times."""
    labels = clusters.labels
    y, x = pixel // width, pixel % width
    for side in range(4):
        down, right = AROUND[side]
        place, size = (y, height) if down else (x, width)
        step, first = (width, x) if down else (1, y * width)
        ahead = down + right
        reach = change.shape[1] - 1
        if not periodic:
            reach = min(reach, size - 1 - place if ahead > 0 else place)
        else:
            reach = min(reach, size - 1)
        at = place
        for r in range(1, reach + 1):
            at += ahead
            if at == size:
                at = 0
            elif at < 0:
                at = size - 1
            change[d if down else c, r] += sign * (labels[first + step * at] == label)


@compiled()
def _parts(clusters, height, width, periodic, sides, n_sides):
    """Which of the pixels at the sides of one that was removed are no longer connected.

    Fronts go out from all of them in turn until all have met, or all parts but one are at their
    end: the cost is that of the smaller parts.

    Returns
    -------
    The part of each, by number; whether the part of that number came to its end; lengths of fronts.
    """
    labels, _, seen, fronts, _, state = clusters
    state[1] += 1
    search = 4 * state[1]
    part = np.arange(4)
    done, length = np.zeros(4, np.int64), np.zeros(4, np.int64)
    closed = np.zeros(4, np.bool_)
    n_parts = n_sides
    for k in range(n_sides):
        fronts[k, 0], length[k] = sides[k], 1
        seen[sides[k]] = search + k
    while n_parts > 1:
        n_open = 0
        for i in range(n_sides):
            if part[i] == i:
                closed[i] = True
                for k in range(n_sides):
                    if part[k] == i and done[k] < length[k]:
                        closed[i] = False
                n_open += not closed[i]
        if n_open <= 1:
            break
        for k in range(n_sides):
            if done[k] == length[k]:
                continue
            pixel = fronts[k, done[k]]
            done[k] += 1
            for side in range(4):
                other = _beside(height, width, periodic, pixel, side)
                if other < 0 or labels[other] == 0:
                    continue
                if seen[other] < search:
                    seen[other] = search + k
                    fronts[k, length[k]] = other
                    length[k] += 1
                else:
                    mine, its = part[k], part[seen[other] - search]
                    if mine != its:
                        n_parts -= 1
                        for i in range(n_sides):
                            if part[i] == its:
                                part[i] = mine
    if n_parts == 1:
        closed[:] = False
    return part, closed, length


@compiled()
def _remove_from_cluster(clusters, height, width, periodic, pixel, change, c, d):
    """Change of C2 by a pixel that leaves its cluster, which may fall apart."""
    label = clusters.labels[pixel]
    _label(clusters, pixel, 0)
    _add_ends(clusters, height, width, periodic, pixel, label, -1, change, c, d)
    sides, n_sides = np.zeros(4, np.int64), 0
    for side in range(4):
        other = _beside(height, width, periodic, pixel, side)
        if other < 0 or clusters.labels[other] == 0:
            continue
        known = False
        for k in range(n_sides):
            known |= sides[k] == other
        if not known:
            sides[n_sides] = other
            n_sides += 1
    if n_sides < 2:
        return
    part, closed, length = _parts(clusters, height, width, periodic, sides, n_sides)
    n_closed, n_parts = 0, 0
    for i in range(n_sides):
        n_parts += part[i] == i
        n_closed += part[i] == i and closed[i]
    for i in range(n_sides):
        # One part keeps the label: that which is still open, else the last.
        if part[i] != i or not closed[i] or (n_closed == n_parts and n_closed == 1):
            continue
        new = _free_label(clusters)
        for k in range(n_sides):
            if part[k] == i:
                for j in range(length[k]):
                    _label(clusters, clusters.fronts[k, j], new)
        for k in range(n_sides):
            if part[k] == i:
                for j in range(length[k]):
                    here = clusters.fronts[k, j]
                    _add_ends(clusters, height, width, periodic, here, label, -1, change, c, d)
        n_closed -= 1
        n_parts -= 1


@compiled()
def _add_to_cluster(clusters, height, width, periodic, pixel, change, c, d):
    """Change of C2 by a new pixel, which may join clusters."""
    labels, size, _, fronts, _, _ = clusters
    label = 0
    for side in range(4):
        other = _beside(height, width, periodic, pixel, side)
        if other >= 0 and labels[other] and (label == 0 or size[labels[other]] > size[label]):
            label = labels[other]
    if label == 0:
        label = _free_label(clusters)
    for side in range(4):
        other = _beside(height, width, periodic, pixel, side)
        if other < 0 or labels[other] == 0 or labels[other] == label:
            continue
        joined, length, done = labels[other], 1, 0
        fronts[0, 0] = other
        _label(clusters, other, label)
        while done < length:  # the pixels of the other cluster, which take the label
            here = fronts[0, done]
            done += 1
            for way in range(4):
                there = _beside(height, width, periodic, here, way)
                if there >= 0 and labels[there] == joined:
                    _label(clusters, there, label)
                    fronts[0, length] = there
                    length += 1
        # Their pairs with one another, of either label, are counted from both ends.
        for j in range(length):
            labels[fronts[0, j]] = joined
        for j in range(length):
            _add_ends(clusters, height, width, periodic, fronts[0, j], label, 1, change, c, d)
        for j in range(length):
            labels[fronts[0, j]] = label
    _label(clusters, pixel, label)
    _add_ends(clusters, height, width, periodic, pixel, label, 1, change, c, d)


@compiled()
def _value(image, periodic, y, x):
    """A pixel; 0 outside of an image that is not periodic."""
    height, width = image.shape
    if periodic:
        return np.int64(image[y % height, x % width])
    if 0 <= y < height and 0 <= x < width:
        return np.int64(image[y, x])
    return 0


@compiled()
def _add_euler(image, periodic, y, x, sign, change, c):
    """What a pixel that is set, `sign` 1, or cleared changes of the Euler number; 0 is outside."""
    quarters = 0
    for i in range(2):
        for j in range(2):
            top, left = y - i, x - j
            bit = 1 << (2 * i + j)
            seen = 0
            for k in range(4):
                seen |= _value(image, periodic, top + k // 2, left + k % 2) << k
            bare = seen & ~bit
            quarters += QUARTERS[bare | bit] - QUARTERS[bare]
    change[c, 1] += sign * (quarters // 4)


@compiled()
def _add_edges(kind, image, periodic, y, x, sign, change, c):
    """Pairs of unlike neighbours that a pixel makes which is set, `sign` 1, or unmakes."""
    height, width = image.shape
    for side in range(4):
        i, j = AROUND[side]
        if kind == DIAGONALS:
            i, j = i + j, j - i
        if periodic or (0 <= y + i < height and 0 <= x + j < width):
            change[c, 1] += sign * (1 - 2 * _value(image, periodic, y + i, x + j))


@compiled()
def _curve(first_channel, coefficient, counts, f, curve):
    """Curve f of the counts."""
    first = U(first_channel[f])
    for r in range(U(len(curve))):
        curve[r] = coefficient[first, r] * counts[first, r]
    for c in range(first + U(1), U(first_channel[f + U(1)])):
        for r in range(U(len(curve))):
            curve[r] += coefficient[c, r] * counts[c, r]


@compiled()
def _folded(values):
    """Sum by folding in half again and again: vectors are added, in the same order everywhere."""
    n = U(len(values))
    while n & U(1) == U(0):
        n >>= U(1)
        for r in range(n):
            values[r] += values[r + n]
    total = 0.0
    for r in range(n):
        total += values[r]
    return total


@compiled()
def _energy_change(first_channel, coefficient, weight, slope, change, shift, rise):
    """Rise of the energy that `change` of the counts brings, `slope` its gradient so far."""
    n_lags = U(len(shift))
    for r in range(n_lags):
        rise[r] = 0.0
    for f in range(U(len(weight))):
        _curve(first_channel, coefficient, change, f, shift)
        for r in range(n_lags):
            rise[r] += shift[r] * (slope[f, r] + weight[f, r] * shift[r])
    return _folded(rise)


@compiled()
def _settle(first_channel, coefficient, weight, targets, counts, slope, shift, rise):
    """Energy (Eq. 3) of the counts; `slope` becomes its gradient by the curves."""
    n_lags = U(len(shift))
    for r in range(n_lags):
        rise[r] = 0.0
    for f in range(U(len(weight))):
        _curve(first_channel, coefficient, counts, f, shift)
        for r in range(n_lags):
            away = shift[r] - targets[f, r]
            slope[f, r] = 2.0 * weight[f, r] * away
            rise[r] += weight[f, r] * away * away
    return _folded(rise)


@compiled()
def _of_kind(kind, wanted):
    """The first channel of a kind, or -1."""
    for c in range(len(kind)):
        if kind[c] == wanted:
            return c
    return -1


@compiled()
def _part_of(first_channel, coefficient, weight, targets, counts, channel, shift):
    """What the curve that begins with a channel makes of the energy."""
    total = 0.0
    for f in range(len(weight)):
        if first_channel[f] <= channel < first_channel[f + 1]:
            _curve(first_channel, coefficient, counts, U(f), shift)
            for r in range(len(shift)):
                total += weight[f, r] * (shift[r] - targets[f, r]) ** 2
    return total


@compiled()
def _has_unlike_neighbour(image, periodic, y, x):
    height, width = image.shape
    here = image[y, x]
    for i, j in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        row, column = y + i, x + j
        if periodic:
            row, column = row % height, column % width
        elif not (0 <= row < height and 0 <= column < width):
            continue
        if image[row, column] != here:
            return True
    return False


@compiled()
def _strike_site(drawn_from, n_sites, position, sort, phase, pixel):
    last = n_sites[sort, phase] - 1
    hole, moved = position[sort, pixel], drawn_from[sort, phase, last]
    drawn_from[sort, phase, hole] = moved
    position[sort, moved] = hole
    position[sort, pixel] = -1
    n_sites[sort, phase] = last


@compiled()
def _review_site(image, periodic, drawn_from, n_sites, position, y, x):
    """Enter the pixel among those drawn, or strike it off, as it now stands."""
    height, width = image.shape
    if periodic:
        y, x = y % height, x % width
    elif not (0 <= y < height and 0 <= x < width):
        return
    pixel, phase = y * width + x, np.int64(image[y, x])
    for sort in range(2):
        wanted = sort == EVERYWHERE or _has_unlike_neighbour(image, periodic, y, x)
        if wanted and position[sort, pixel] < 0:
            drawn_from[sort, phase, n_sites[sort, phase]] = pixel
            position[sort, pixel] = n_sites[sort, phase]
            n_sites[sort, phase] += 1
        elif not wanted and position[sort, pixel] >= 0:
            _strike_site(drawn_from, n_sites, position, sort, phase, pixel)


@compiled()
def list_sites(image, periodic, sites):
    """Fill `sites` from the image."""
    sites.n[:] = 0
    sites.position[:] = -1
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            _review_site(image, periodic, sites.drawn_from, sites.n, sites.position, y, x)


@compiled()
def _keep_best(best, image, counts):
    """Bring the best image up to the present one by the swaps noted, or else by a copy."""
    if best.state[1]:
        best.image[:] = image.reshape(-1)
    else:
        for i in range(best.state[0]):
            best.image[best.swaps[i, 0]], best.image[best.swaps[i, 1]] = 0, 1
    best.counts[:] = counts
    best.state[:] = 0


@compiled(nogil=True)
def run_stage(
    image,
    lattice,
    terms,
    sites,
    best,
    targets,
    counts,
    clusters,
    temperature,
    n_moves,
    stop_energy,
    least,
    interface_share,
    random_state,
    rises,
):
    """Try `n_moves` swaps at one temperature (Metropolis, Eq. 4).

    `lattice` is a `Lattice`, `terms` are `Terms`. Changes image, lattice, sites, best, counts,
    clusters and random_state. `least` is the least energy so far, that of `best`. A share of the
    moves is between pixels at an interface.
    Where `rises` has room for them, the moves are not made: it takes their rises of the energy.

    Returns
    -------
    moves tried, moves accepted, energy at the end, least energy so far.
    """
    height, width = image.shape
    pixels, copies, periodic = lattice
    drawn_from, n_sites, position = sites
    # By place, not by name: machine code is kept until this file changes, whatever Terms becomes.
    kind, in_rows, in_columns, first_term, term_rays, rays_of_term = terms[:6]
    line_rays, slanted_rays, first_channel, coefficient, weight = terms[6:]
    n_rays = len(line_rays) + len(slanted_rays)
    full_row, full_column = (width, height) if periodic else (-1, -1)

    n_channels, n_lags = counts.shape
    change = np.zeros((n_channels, n_lags), np.int32)
    rays, joint = np.zeros((2, n_rays, n_lags), np.uint8), np.zeros((2, n_lags), np.uint8)
    shift, rise = np.zeros(n_lags), np.zeros(n_lags)
    slope = np.empty_like(targets)
    energy = _settle(first_channel, coefficient, weight, targets, counts, slope, shift, rise)
    accepted, tried = 0, 0
    cluster, of_clusters, limit = _of_kind(kind, CLUSTERS), 0.0, np.inf
    if cluster >= 0:
        of_clusters = _part_of(first_channel, coefficient, weight, targets, counts, cluster, shift)
    while tried < n_moves and (energy > stop_energy or len(rises)):
        sort = INTERFACE if _uniform(random_state) < interface_share else EVERYWHERE
        pixel1 = drawn_from[sort, 1, _below(random_state, n_sites[sort, 1])]
        pixel0 = drawn_from[sort, 0, _below(random_state, n_sites[sort, 0])]
        y1, y0 = pixel1 // width, pixel0 // width
        x1, x0 = pixel1 - y1 * width, pixel0 - y0 * width
        _set(pixels, copies, height, width, periodic, y1, x1, 0)
        image[y1, x1] = 0
        tried += 1

        if n_rays:
            _read_rays(pixels, copies, line_rays, slanted_rays, y0, x0, rays, 0)
            _read_rays(pixels, copies, line_rays, slanted_rays, y1, x1, rays, 1)
        for c in range(n_channels):
            for r in range(U(n_lags)):
                change[U(c), r] = 0
            if kind[c] == TUPLES:
                for t in range(first_term[c], first_term[c + 1]):
                    _add_tuples(term_rays, t, rays_of_term[t], rays, joint, change, U(c))
            elif kind[c] == EULER:
                _add_euler(image, periodic, y1, x1, -1, change, c)
                _add_euler(image, periodic, y0, x0, 1, change, c)
            elif kind[c] == EDGES or kind[c] == DIAGONALS:
                _add_edges(kind[c], image, periodic, y1, x1, -1, change, c)
                _add_edges(kind[c], image, periodic, y0, x0, 1, change, c)
            if kind[c] > TUPLES:
                continue
            for k, along, full in ((0, in_rows[c], full_row), (2, in_columns[c], full_column)):
                if along:
                    ahead1, behind1 = _at(copies, k, y1, x1), _at(copies, k + 1, y1, x1)
                    ahead0, behind0 = _at(copies, k, y0, x0), _at(copies, k + 1, y0, x0)
                    if kind[c] == PAIRS:
                        _add_pairs(pixels, ahead1, behind1, ahead0, behind0, change, U(c))
                    else:
                        _add_chords(pixels, ahead1, behind1, full, -1, change, U(c))
                        _add_chords(pixels, ahead0, behind0, full, 1, change, U(c))

        higher = _energy_change(first_channel, coefficient, weight, slope, change, shift, rise)
        if cluster >= 0:
            # C2 costs most and can lower the energy by no more than it makes of it: most moves
            # are rejected before it is counted.
            if len(rises) == 0:
                limit = -temperature * math.log(1.0 - _uniform(random_state))
            accept = higher - of_clusters <= limit
            if accept:
                clusters.state[0] = 0
                c, d = cluster, cluster + (not in_columns[cluster])
                _remove_from_cluster(clusters, height, width, periodic, pixel1, change, c, d)
                _add_to_cluster(clusters, height, width, periodic, pixel0, change, c, d)
                higher = _energy_change(
                    first_channel, coefficient, weight, slope, change, shift, rise
                )
                accept = higher < 0.0 or higher < limit
                if not accept or len(rises):
                    _unlabel_to(clusters, 0)
        else:
            accept = higher < 0.0
            if not accept and temperature > 0.0 and len(rises) == 0:
                accept = _uniform(random_state) < math.exp(-higher / temperature)
        if len(rises):
            rises[tried - 1] = higher
            accept = False
        if not accept:
            _set(pixels, copies, height, width, periodic, y1, x1, 1)
            image[y1, x1] = 1
            continue
        accepted += 1
        _set(pixels, copies, height, width, periodic, y0, x0, 1)
        for sort in range(2):
            for phase, pixel in ((1, pixel1), (0, pixel0)):
                if position[sort, pixel] >= 0:
                    _strike_site(drawn_from, n_sites, position, sort, phase, pixel)
        image[y0, x0] = 1
        for y, x in ((y1, x1), (y0, x0)):
            for i, j in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
                _review_site(image, periodic, drawn_from, n_sites, position, y + i, x + j)
        for c in range(n_channels):
            for r in range(n_lags):
                counts[c, r] += change[c, r]
        energy = _settle(first_channel, coefficient, weight, targets, counts, slope, shift, rise)
        if cluster >= 0:
            of_clusters = _part_of(
                first_channel, coefficient, weight, targets, counts, cluster, shift
            )
        if best.state[0] == len(best.swaps):
            best.state[1] = 1
        else:
            best.swaps[best.state[0], 0], best.swaps[best.state[0], 1] = pixel1, pixel0
            best.state[0] += 1
        if energy < least:
            least = energy
            _keep_best(best, image, counts)
    return tried, accepted, energy, least

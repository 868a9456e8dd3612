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

from rockrec.annealing.clusters import AROUND, add_to_cluster, remove_from_cluster, unlabel_to
from rockrec.annealing.random_numbers import below, uniform
from rockrec.annealing.sites import EVERYWHERE, INTERFACE, review_site, strike_site
from rockrec.housekeeping.compiling import compiled

PAIRS, CHORDS, TUPLES, CLUSTERS, EULER, EDGES, DIAGONALS = range(7)
FOLD = 8  # lags are padded to a multiple of this, to be summed in a fixed order
U = np.uint64
# What a window of 2 x 2 pixels adds to four times the Euler number, 8-connected (Gray 1971): one
# corner of four adds 1, three take 1, two that touch at a corner only take 2.
QUARTERS = np.array([0, 1, 1, 0, 1, 0, -2, -1, 1, -2, 0, -1, 0, -1, -1, 0])


class Best(NamedTuple):
    """The configuration of least energy, and the swaps accepted since."""

    image: np.ndarray  # uint8 (H * W,)
    counts: np.ndarray  # int64 (channels, lags)
    swaps: np.ndarray  # int64 (most, 2)
    state: np.ndarray  # int64: number of swaps noted, 1 if more were made than noted


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
        sort = INTERFACE if uniform(random_state) < interface_share else EVERYWHERE
        pixel1 = drawn_from[sort, 1, below(random_state, n_sites[sort, 1])]
        pixel0 = drawn_from[sort, 0, below(random_state, n_sites[sort, 0])]
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
                limit = -temperature * math.log(1.0 - uniform(random_state))
            accept = higher - of_clusters <= limit
            if accept:
                clusters.state[0] = 0
                c, d = cluster, cluster + (not in_columns[cluster])
                remove_from_cluster(clusters, height, width, periodic, pixel1, change, c, d)
                add_to_cluster(clusters, height, width, periodic, pixel0, change, c, d)
                higher = _energy_change(
                    first_channel, coefficient, weight, slope, change, shift, rise
                )
                accept = higher < 0.0 or higher < limit
                if not accept or len(rises):
                    unlabel_to(clusters, 0)
        else:
            accept = higher < 0.0
            if not accept and temperature > 0.0 and len(rises) == 0:
                accept = uniform(random_state) < math.exp(-higher / temperature)
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
                    strike_site(drawn_from, n_sites, position, sort, phase, pixel)
        image[y0, x0] = 1
        for y, x in ((y1, x1), (y0, x0)):
            for i, j in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
                review_site(image, periodic, drawn_from, n_sites, position, y + i, x + j)
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

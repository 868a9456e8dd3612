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

PAIRS, CHORDS, TUPLES = 0, 1, 2
FOLD = 8  # lags are padded to a multiple of this, to be summed in a fixed order
EVERYWHERE, INTERFACE = 0, 1
U = np.uint64


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
    temperature,
    n_moves,
    stop_energy,
    least,
    interface_share,
    random_state,
):
    """Try `n_moves` swaps at one temperature (Metropolis, Eq. 4).

    `lattice` is a `Lattice`, `terms` are `Terms`. Changes image, lattice, sites, best, counts and
    random_state. `least` is the least energy so far, that of `best`. A share of the moves is
    between pixels at an interface.

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
    accepted = 0
    for tried in range(n_moves):
        if energy <= stop_energy:
            return tried, accepted, energy, least
        sort = INTERFACE if _uniform(random_state) < interface_share else EVERYWHERE
        pixel1 = drawn_from[sort, 1, _below(random_state, n_sites[sort, 1])]
        pixel0 = drawn_from[sort, 0, _below(random_state, n_sites[sort, 0])]
        y1, y0 = pixel1 // width, pixel0 // width
        x1, x0 = pixel1 - y1 * width, pixel0 - y0 * width
        _set(pixels, copies, height, width, periodic, y1, x1, 0)

        if n_rays:
            _read_rays(pixels, copies, line_rays, slanted_rays, y0, x0, rays, 0)
            _read_rays(pixels, copies, line_rays, slanted_rays, y1, x1, rays, 1)
        for c in range(n_channels):
            for r in range(U(n_lags)):
                change[U(c), r] = 0
            if kind[c] == TUPLES:
                for t in range(first_term[c], first_term[c + 1]):
                    _add_tuples(term_rays, t, rays_of_term[t], rays, joint, change, U(c))
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
        accept = higher < 0.0
        if not accept and temperature > 0.0:
            accept = _uniform(random_state) < math.exp(-higher / temperature)
        if not accept:
            _set(pixels, copies, height, width, periodic, y1, x1, 1)
            continue
        accepted += 1
        _set(pixels, copies, height, width, periodic, y0, x0, 1)
        for sort in range(2):
            for phase, pixel in ((1, pixel1), (0, pixel0)):
                if position[sort, pixel] >= 0:
                    _strike_site(drawn_from, n_sites, position, sort, phase, pixel)
        image[y1, x1], image[y0, x0] = 0, 1
        for y, x in ((y1, x1), (y0, x0)):
            for i, j in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
                _review_site(image, periodic, drawn_from, n_sites, position, y + i, x + j)
        for c in range(n_channels):
            for r in range(n_lags):
                counts[c, r] += change[c, r]
        energy = _settle(first_channel, coefficient, weight, targets, counts, slope, shift, rise)
        if best.state[0] == len(best.swaps):
            best.state[1] = 1
        else:
            best.swaps[best.state[0], 0], best.swaps[best.state[0], 1] = pixel1, pixel0
            best.state[0] += 1
        if energy < least:
            least = energy
            _keep_best(best, image, counts)
    return n_moves, accepted, energy, least

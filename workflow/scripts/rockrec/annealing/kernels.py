"""One annealing stage: swaps of two pixels of different phase, each recounted where it changes.

A swap clears pixel 1 and sets pixel 0. While both are 0, the tuples that each would complete are
read off the image: first those that pixel 1 takes with it, then those that pixel 0 brings. So
counts stay whole numbers, and equal to a full recount, however long the run.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

PAIRS, CHORDS, POLYTOPE = 0, 1, 2
LANES = 8  # partial sums of the energy: their order, and so the sum, is the same on every processor


class Lattice(NamedTuple):
    """The image in copies along which neighbours of a pixel lie one after another.

    Around each copy lies a margin, 0 or the image's periodic continuation, so that no lag leaves
    the array.
    """

    rows: np.ndarray  # uint8 (H, W + 2 margin)
    columns: np.ndarray  # uint8 (W, H + 2 margin)
    plane: np.ndarray  # uint8 (H + 2 down, W + 2 right), for polytopes; else empty
    size: np.ndarray  # int64: H, W, margin, down, right, 1 if periodic


class Terms(NamedTuple):
    """What is counted, and how the counts become curves and the curves an energy.

    A curve is the sum of its channels' counts, each times its coefficient. A polytope's channel
    has a term for each vertex that the changed pixel can be: the rays, as seen from that vertex,
    on which all other vertices lie. A ray is an offset in the plane for each lag.
    """

    kind: np.ndarray  # int64 (channels,): PAIRS, CHORDS or POLYTOPE
    in_rows: np.ndarray  # bool (channels,): counted along rows (PAIRS and CHORDS)
    in_columns: np.ndarray  # bool (channels,)
    first_term: np.ndarray  # int64 (channels + 1,): terms of each channel
    term_rays: np.ndarray  # int64 (terms, most rays)
    rays_of_term: np.ndarray  # int64 (terms,)
    ray_offsets: np.ndarray  # int64 (rays, lags), in the flat plane
    first_channel: np.ndarray  # int64 (curves + 1,): channels of each curve
    coefficient: np.ndarray  # float64 (channels, lags)
    weight: np.ndarray  # float64 (curves, lags)


class Sites(NamedTuple):
    """The pixels that may be drawn for a swap, by phase."""

    drawn_from: np.ndarray  # int64 (2, H * W): the first n of each row
    n: np.ndarray  # int64 (2,)
    position: np.ndarray  # int64 (H * W,): where in drawn_from, or -1


class Best(NamedTuple):
    """The configuration of least energy, and the swaps accepted since."""

    image: np.ndarray  # uint8 (H, W)
    counts: np.ndarray  # int64 (channels, lags)
    swaps: np.ndarray  # int64 (most, 2)
    state: np.ndarray  # int64: number of swaps noted, 1 if more were made than noted


@njit(cache=True)
def _random(state):
    """Xorshift (Marsaglia 2003), 64 bits; the upper ones are the random ones."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(cache=True)
def _below(state, n):
    """A whole number in 0 ... n - 1, n < 2**32."""
    return np.int64(((_random(state) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@njit(cache=True)
def _set(lattice, y, x, value):
    height, width, margin, down, right, periodic = lattice.size
    lattice.rows[y, x + margin] = value
    lattice.columns[x, y + margin] = value
    if lattice.plane.size:
        lattice.plane[y + down, x + right] = value
    if periodic:
        for k in (-1, 1):
            if 0 <= x + k * width + margin < width + 2 * margin:
                lattice.rows[y, x + k * width + margin] = value
            if 0 <= y + k * height + margin < height + 2 * margin:
                lattice.columns[x, y + k * height + margin] = value
        if lattice.plane.size:
            for i in range(-1, 2):
                row = y + i * height + down
                if 0 <= row < height + 2 * down:
                    for j in range(-1, 2):
                        column = x + j * width + right
                        if 0 <= column < width + 2 * right:
                            lattice.plane[row, column] = value


@njit(cache=True)
def _add_pairs(line1, at1, line0, at0, change):
    """Pairs along a line, r to either side: those of pixel 0 less those of pixel 1."""
    n = len(change)
    ahead1, behind1 = line1[at1 : at1 + n], line1[at1 - n + 1 : at1 + 1]
    ahead0, behind0 = line0[at0 : at0 + n], line0[at0 - n + 1 : at0 + 1]
    for r in range(n):
        back = n - 1 - r
        change[r] += (np.int32(ahead0[r]) + np.int32(behind0[back])) - (
            np.int32(ahead1[r]) + np.int32(behind1[back])
        )


@njit(cache=True)
def _add_chords(line, margin, size, at, periodic, sign, change):
    """Segments of r + 1 pixels that setting the pixel at `at` makes, `sign` times.

    It joins the chords of a and b pixels on its two sides into one of a + b + 1; a chord of l
    pixels holds l - r segments. A full periodic line holds one from each of its pixels.
    """
    a = b = 0
    if periodic:
        while a < size - 1 and line[margin + (at - 1 - a) % size]:
            a += 1
        while a + b < size - 1 and line[margin + (at + 1 + b) % size]:
            b += 1
    else:
        while a < at and line[margin + at - 1 - a]:
            a += 1
        while at + b < size - 1 and line[margin + at + 1 + b]:
            b += 1
    joined = a + b + 1
    full = periodic and joined == size
    for r in range(len(change)):
        after = size if full else max(joined - r, 0)
        change[r] += sign * (after - max(a - r, 0) - max(b - r, 0))


@njit(cache=True)
def _read_rays(plane, at, offsets, rays):
    for k in range(len(offsets)):
        for r in range(offsets.shape[1]):
            rays[k, r] = plane[at + offsets[k, r]]


@njit(cache=True)
def _add_polytope(terms, channel, rays1, rays0, joint1, joint0, change):
    """Tuples that the pixel completes as each vertex in turn: of pixel 0 less of pixel 1."""
    n = len(change)
    for t in range(terms.first_term[channel], terms.first_term[channel + 1]):
        ray = terms.term_rays[t, 0]
        here1, here0 = rays1[ray], rays0[ray]
        for r in range(n):
            joint1[r], joint0[r] = here1[r], here0[r]
        for k in range(1, terms.rays_of_term[t]):
            ray = terms.term_rays[t, k]
            here1, here0 = rays1[ray], rays0[ray]
            for r in range(n):
                joint1[r] &= here1[r]
                joint0[r] &= here0[r]
        for r in range(n):
            change[r] += np.int32(joint0[r]) - np.int32(joint1[r])


@njit(cache=True)
def _count_swap(lattice, terms, y1, x1, y0, x0, scratch, change):
    """Change of every channel's counts if pixel 1 is cleared and pixel 0 set; both are 0 now."""
    height, width, margin, down, right, periodic = lattice.size
    rays, joint = scratch
    if len(terms.ray_offsets):
        plane = lattice.plane.reshape(-1)
        _read_rays(
            plane, (y1 + down) * (width + 2 * right) + x1 + right, terms.ray_offsets, rays[0]
        )
        _read_rays(
            plane, (y0 + down) * (width + 2 * right) + x0 + right, terms.ray_offsets, rays[1]
        )
    for c in range(len(terms.kind)):
        changed = change[c]
        changed[:] = 0
        if terms.kind[c] == POLYTOPE:
            _add_polytope(terms, c, rays[0], rays[1], joint[0], joint[1], changed)
        elif terms.kind[c] == PAIRS:
            if terms.in_rows[c]:
                _add_pairs(lattice.rows[y1], x1 + margin, lattice.rows[y0], x0 + margin, changed)
            if terms.in_columns[c]:
                _add_pairs(
                    lattice.columns[x1], y1 + margin, lattice.columns[x0], y0 + margin, changed
                )
        else:
            if terms.in_rows[c]:
                _add_chords(lattice.rows[y1], margin, width, x1, periodic, -1, changed)
                _add_chords(lattice.rows[y0], margin, width, x0, periodic, 1, changed)
            if terms.in_columns[c]:
                _add_chords(lattice.columns[x1], margin, height, y1, periodic, -1, changed)
                _add_chords(lattice.columns[x0], margin, height, y0, periodic, 1, changed)


@njit(cache=True)
def _energy_change(terms, difference, change, lanes):
    """Change of the energy that `change` of the counts brings; lags are a multiple of LANES."""
    n = change.shape[1]
    lanes[:] = 0.0
    for f in range(len(difference)):
        away, weight = difference[f], terms.weight[f]
        first = terms.first_channel[f]
        if terms.first_channel[f + 1] == first + 1:
            changed, coefficient = change[first], terms.coefficient[first]
            for start in range(0, n, LANES):
                for lane in range(LANES):
                    r = start + lane
                    d = coefficient[r] * changed[r]
                    lanes[lane] += weight[r] * d * (2.0 * away[r] + d)
        else:
            for r in range(n):
                d = 0.0
                for c in range(first, terms.first_channel[f + 1]):
                    d += terms.coefficient[c, r] * change[c, r]
                lanes[r % LANES] += weight[r] * d * (2.0 * away[r] + d)
    total = 0.0
    for lane in range(LANES):
        total += lanes[lane]
    return total


@njit(cache=True)
def settle(terms, targets, counts, difference):
    """Set `difference` = curves - targets from the counts; return the energy (Eq. 3)."""
    energy = 0.0
    for f in range(len(difference)):
        for r in range(difference.shape[1]):
            curve = 0.0
            for c in range(terms.first_channel[f], terms.first_channel[f + 1]):
                curve += terms.coefficient[c, r] * counts[c, r]
            difference[f, r] = curve - targets[f, r]
            energy += terms.weight[f, r] * difference[f, r] ** 2
    return energy


@njit(cache=True)
def _has_unlike_neighbour(lattice, y, x):
    height, width, margin, _, _, periodic = lattice.size
    row, column = lattice.rows[y], lattice.columns[x]
    here = row[x + margin]
    if (periodic or x > 0) and row[x + margin - 1] != here:
        return True
    if (periodic or x < width - 1) and row[x + margin + 1] != here:
        return True
    if (periodic or y > 0) and column[y + margin - 1] != here:
        return True
    return (periodic or y < height - 1) and column[y + margin + 1] != here


@njit(cache=True)
def _remove_site(sites, phase, pixel):
    last = sites.n[phase] - 1
    hole, moved = sites.position[pixel], sites.drawn_from[phase, last]
    sites.drawn_from[phase, hole] = moved
    sites.position[moved] = hole
    sites.position[pixel] = -1
    sites.n[phase] = last


@njit(cache=True)
def _review_site(lattice, sites, y, x, only_interface):
    """Enter the pixel among those drawn, or strike it off, as it now stands."""
    height, width, margin, _, _, periodic = lattice.size
    if periodic:
        y, x = y % height, x % width
    elif not (0 <= y < height and 0 <= x < width):
        return
    pixel, phase = y * width + x, np.int64(lattice.rows[y, x + margin])
    wanted = not only_interface or _has_unlike_neighbour(lattice, y, x)
    if wanted and sites.position[pixel] < 0:
        sites.drawn_from[phase, sites.n[phase]] = pixel
        sites.position[pixel] = sites.n[phase]
        sites.n[phase] += 1
    elif not wanted and sites.position[pixel] >= 0:
        _remove_site(sites, phase, pixel)


@njit(cache=True)
def list_sites(lattice, sites, only_interface):
    """Fill `sites` with all pixels, or with those that have an unlike neighbour."""
    sites.n[:] = 0
    sites.position[:] = -1
    for y in range(lattice.size[0]):
        for x in range(lattice.size[1]):
            _review_site(lattice, sites, y, x, only_interface)


@njit(cache=True)
def _note_swap(best, pixel1, pixel0):
    noted = best.state[0]
    if noted == len(best.swaps):
        best.state[1] = 1
    else:
        best.swaps[noted, 0], best.swaps[noted, 1] = pixel1, pixel0
        best.state[0] = noted + 1


@njit(cache=True)
def _keep_best(best, lattice, counts):
    """Bring the best image up to the present one by the swaps noted, or else by a copy."""
    height, width, margin = lattice.size[:3]
    if best.state[1]:
        best.image[:] = lattice.rows[:, margin : margin + width]
    else:
        image = best.image.reshape(-1)
        for i in range(best.state[0]):
            image[best.swaps[i, 0]], image[best.swaps[i, 1]] = 0, 1
    best.counts[:] = counts
    best.state[:] = 0


@njit(cache=True, nogil=True)
def run_stage(
    lattice,
    terms,
    sites,
    best,
    targets,
    counts,
    temperature,
    n_moves,
    stop_energy,
    best_energy,
    only_interface,
    random_state,
):
    """Try `n_moves` swaps at one temperature (Metropolis, Eq. 4).

    Changes lattice, sites, counts, best and random_state in place.

    Returns
    -------
    moves tried, moves accepted, energy at the end, least energy so far.
    """
    height, width, margin = lattice.size[:3]
    n_channels, n_lags = counts.shape
    change = np.zeros((n_channels, n_lags), np.int32)
    rays = np.zeros((2, len(terms.ray_offsets), n_lags), np.uint8)
    scratch = rays, np.zeros((2, n_lags), np.uint8)
    difference = np.empty_like(targets)
    lanes = np.zeros(LANES)
    energy = settle(terms, targets, counts, difference)
    accepted = 0
    for tried in range(n_moves):
        if energy <= stop_energy:
            return tried, accepted, energy, best_energy
        pixel1 = sites.drawn_from[1, _below(random_state, sites.n[1])]
        pixel0 = sites.drawn_from[0, _below(random_state, sites.n[0])]
        y1, y0 = pixel1 // width, pixel0 // width
        x1, x0 = pixel1 - y1 * width, pixel0 - y0 * width
        _set(lattice, y1, x1, 0)
        _count_swap(lattice, terms, y1, x1, y0, x0, scratch, change)
        rise = _energy_change(terms, difference, change, lanes)
        accept = rise < 0.0
        if not accept and temperature > 0.0:
            uniform = (_random(random_state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
            accept = uniform < math.exp(-rise / temperature)
        if not accept:
            _set(lattice, y1, x1, 1)
            continue
        accepted += 1
        _remove_site(sites, 1, pixel1)
        _remove_site(sites, 0, pixel0)
        _set(lattice, y0, x0, 1)
        for y, x in ((y1, x1), (y0, x0)):
            _review_site(lattice, sites, y, x, only_interface)
            if only_interface:
                _review_site(lattice, sites, y - 1, x, only_interface)
                _review_site(lattice, sites, y + 1, x, only_interface)
                _review_site(lattice, sites, y, x - 1, only_interface)
                _review_site(lattice, sites, y, x + 1, only_interface)
        for c in range(n_channels):
            for r in range(n_lags):
                counts[c, r] += change[c, r]
        energy = settle(terms, targets, counts, difference)
        _note_swap(best, pixel1, pixel0)
        if energy < best_energy:
            best_energy = energy
            _keep_best(best, lattice, counts)
    return n_moves, accepted, energy, best_energy

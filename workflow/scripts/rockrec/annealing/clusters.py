"""The 4-connected clusters of an image, labelled anew where a pixel is cleared or set."""

from typing import NamedTuple

import numpy as np

from rockrec.housekeeping.compiling import compiled

AROUND = ((0, 1), (1, 0), (0, -1), (-1, 0))


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
def unlabel_to(clusters, n_entries):
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
def remove_from_cluster(clusters, height, width, periodic, pixel, change, c, d):
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
def add_to_cluster(clusters, height, width, periodic, pixel, change, c, d):
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

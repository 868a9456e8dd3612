"""Drawing fractures: segments whose half width wanders, and swells where they meet.

A segment is (down and right of its start, down and right of its end, half width at both), px.
"""

import numpy as np

from rockrec.housekeeping.compiling import compiled

TILE = 32  # px: a square of this side looks once for the segments near it
CUT = 6.0  # decay lengths beyond which a fracture's wall adds nothing


@compiled(nogil=True)
def depth_in_lines(down, right, wander, segments, decay, narrowest):
    """Return how far each place (height, width) lies within segments (n, 6), px.

    Negative outside. Each adds exp((half width - distance) / decay), of whose sum the logarithm is
    taken: of a lone segment the depth is half width less distance, and where several meet, they
    swell and their corners become round. With a decay of 0 the deepest counts, and nothing swells.

    Parameters
    ----------
    down, right : places of the pixels, in which segments are straight.
    wander : factor of the half widths.
    narrowest : px, half width that no place of a segment falls below.
    """
    height, width = wander.shape
    depth = np.full((height, width), np.float32(-np.inf))
    near = np.empty(len(segments), np.int64)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            bottom, end = min(top + TILE, height), min(left + TILE, width)
            count = _near(down, right, wander, segments, decay, near, (top, bottom, left, end))
            for row in range(top, bottom):
                for column in range(left, end):
                    sum_of, deepest = 0.0, -np.inf
                    for at in range(count):
                        wall = _wall(
                            down[row, column],
                            right[row, column],
                            wander[row, column],
                            segments[near[at]],
                            narrowest,
                        )
                        deepest = max(deepest, wall)
                        if decay > 0 and wall > -CUT * decay:
                            sum_of += np.exp(wall / decay)
                    depth[row, column] = decay * np.log(sum_of) if sum_of > 0 else deepest
    return depth


@compiled(nogil=True)
def _near(down, right, wander, segments, decay, near, tile):
    """Note the numbers of the segments that may reach a tile, and return how many."""
    top, bottom, left, end = tile
    row, column = (top + bottom) // 2, (left + end) // 2
    y, x = down[row, column], right[row, column]
    radius, widest = 0.0, 0.0
    for r in range(top, bottom):
        for c in range(left, end):
            radius = max(radius, np.hypot(down[r, c] - y, right[r, c] - x))
            widest = max(widest, wander[r, c])
    count = 0
    for number in range(len(segments)):
        half_width = max(segments[number, 4], segments[number, 5]) * widest
        reach = radius + half_width + max(CUT * decay, 3.0)
        if _distance(y, x, segments[number])[0] < reach:
            near[count] = number
            count += 1
    return count


@compiled(nogil=True)
def _wall(y, x, wander, segment, narrowest):
    """How far a place lies within the walls of a segment."""
    distance, along = _distance(y, x, segment)
    half_width = (segment[4] + along * (segment[5] - segment[4])) * wander
    return max(half_width, narrowest) - distance


@compiled(nogil=True)
def _distance(y, x, segment):
    """Distance to a segment, and how far along it the nearest place is, from 0 to 1."""
    down, right = segment[2] - segment[0], segment[3] - segment[1]
    along = (y - segment[0]) * down + (x - segment[1]) * right
    along = min(max(along / (down * down + right * right + 1e-9), 0.0), 1.0)
    return np.hypot(y - segment[0] - along * down, x - segment[1] - along * right), along

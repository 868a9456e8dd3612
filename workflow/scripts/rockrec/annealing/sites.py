"""The pixels that may be drawn for a swap, listed and kept up to date."""

from typing import NamedTuple

import numpy as np

from rockrec.housekeeping.compiling import compiled

EVERYWHERE, INTERFACE = 0, 1


class Sites(NamedTuple):
    """The pixels that may be drawn for a swap, by sort: all of a phase, or those at an interface.

    A pixel is at an interface if one of its four neighbours is of the other phase.
    """

    drawn_from: np.ndarray  # int64 (2 sorts, 2 phases, H * W): the first n
    n: np.ndarray  # int64 (2 sorts, 2 phases)
    position: np.ndarray  # int64 (2 sorts, H * W): where in drawn_from, or -1


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
def strike_site(drawn_from, n_sites, position, sort, phase, pixel):
    last = n_sites[sort, phase] - 1
    hole, moved = position[sort, pixel], drawn_from[sort, phase, last]
    drawn_from[sort, phase, hole] = moved
    position[sort, moved] = hole
    position[sort, pixel] = -1
    n_sites[sort, phase] = last


@compiled()
def review_site(image, periodic, drawn_from, n_sites, position, y, x):
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
            strike_site(drawn_from, n_sites, position, sort, phase, pixel)


@compiled()
def list_sites(image, periodic, sites):
    """Fill `sites` from the image."""
    sites.n[:] = 0
    sites.position[:] = -1
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            review_site(image, periodic, sites.drawn_from, sites.n, sites.position, y, x)

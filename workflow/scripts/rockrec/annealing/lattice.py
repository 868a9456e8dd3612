"""Copies of an image in which every line that a descriptor follows lies contiguous."""

import itertools
from typing import NamedTuple

import numpy as np

# Steps (row, column) from a pixel to the next of its line. The first four are in every lattice.
DIRECTIONS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1))


class Lattice(NamedTuple):
    """The image in copies along which the neighbours of a pixel lie one after another.

    In each copy the pixels of a line follow one another, in one of its two directions, so that
    those ahead of a pixel are read without a test. After the last comes a margin: 0, or the
    image's periodic continuation.
    """

    pixels: np.ndarray  # uint8, all copies one after another
    # int64 (copies, 11): the index of pixel (y, x) as base, per y, per x; its line as per y,
    # per x, at (0, 0), and the number of lines; its place on the line and the length likewise.
    # Copies 0 to 3 run to the right, left, down and up; the last is the plane if rays need it.
    copies: np.ndarray
    periodic: bool


def layout(
    shape: tuple[int, int], n_directions: int, margin: int, reach: tuple[int, int] | None
) -> np.ndarray:
    """Where each pixel lies in each copy: the table `Lattice.copies`.

    Parameters
    ----------
    n_directions : lines run in the first so many of `DIRECTIONS`.
    margin : pixels after the end of each line.
    reach : margins of the plane, at top and bottom and at both sides; None for no plane.
    """
    copies = [_lines(direction, *shape, margin) for direction in DIRECTIONS[:n_directions]]
    if reach is not None:
        (height, width), (down, right) = shape, reach
        copies.append(((1, 0, down, height + 2 * down), (0, 1, right, width + 2 * right)))
    table, base = [], 0
    for line, place in copies:
        (*of_line, n_lines), (*of_place, length) = line, place
        per_y, per_x, at_0 = (i * length + j for i, j in zip(of_line, of_place, strict=True))
        table.append((base + at_0, per_y, per_x, *line, *place))
        base += n_lines * length
    return np.array(table, np.int64)


def _lines(direction, height, width, margin):
    """Number of a pixel's line and its place on it: each per row, per column, at (0, 0), range."""
    down, right = direction
    if down == 0:
        start = 0 if right > 0 else width - 1
        return (1, 0, 0, height), (0, right, start, width + margin)
    place = (down, 0, 0 if down > 0 else height - 1, height + margin)
    if right == 0:
        return (0, 1, 0, width), place
    if down == right:
        return (1, -1, width - 1, height + width - 1), place
    return (1, 1, 0, height + width - 1), place


def lattice_of(image: np.ndarray, copies: np.ndarray, periodic: bool) -> Lattice:
    """Lay out the image (H, W) in the copies of the table."""
    pixels = np.zeros(int((copies[:, 6] * copies[:, 10]).sum()), np.uint8)
    rows, columns = np.indices(image.shape)
    repeats = (-1, 0, 1) if periodic else (0,)
    for down, right in itertools.product(repeats, repeats):
        y, x = rows + down * image.shape[0], columns + right * image.shape[1]
        for at_0, per_y, per_x, *line, place_y, place_x, place_0, length in copies:
            number = line[0] * y + line[1] * x + line[2]
            place = place_y * y + place_x * x + place_0
            there = (number >= 0) & (number < line[3]) & (place >= 0) & (place < length)
            pixels[(at_0 + per_y * y + per_x * x)[there]] = image[there]
    return Lattice(pixels, copies, periodic)

"""Steady diffusion through a grid of pixels: conjugate gradients, preconditioned by multigrid.

The functions call one another and so stand in one file: numba's cache looks at no other.

A level is a grid of cells, stored row by row with a frame of empty cells; all levels lie one after
another in the same arrays. Of each cell: the conductance of the face to its right, of the face
below it, to the sides of the tile that are held, and the inverse of the sum of all its faces (0 of
a cell that conducts nothing, which leaves it at 0).
"""

import numpy as np

from rockrec.housekeeping.compiling import compiled

FEWEST = 16  # cells; a level of so few is the last
SWEEPS = 8  # there
# A face between two cells of the next level is of as many faces, but the way between the cells'
# centres is twice as long.
COARSER = 0.5
MOST_STEPS = 20_000


@compiled(nogil=True)
def solve(conductivity, tolerance, most_steps=MOST_STEPS):
    """Concentration in each pixel, 1 being held at the left side and 0 at the right.

    Parameters
    ----------
    conductivity : (H, W) float64; 0 where nothing gets through. Pixels that conduct are connected
        to both sides.
    tolerance : in the norm that the preconditioner gives it, the square of what is left of each
        pixel's balance may be this share of the flux.

    Returns
    -------
    (H, W) concentrations (0 where nothing gets through); the flux, which is the least of all
    ``sum of conductance times squared difference`` and so errs by the square of the
    concentrations' error, for a difference of 1 over the tile; and the steps taken, -1 if
    `most_steps` were not enough.
    """
    height, width = conductivity.shape
    heights, widths, starts = _sizes(height, width)
    right, down, held = np.zeros(starts[-1]), np.zeros(starts[-1]), np.zeros(starts[-1])
    _faces(conductivity, right, down, held)
    for level in range(1, len(heights)):
        _coarsen(heights, widths, starts, right, down, held, level)
    inverse = _inverse(heights, widths, starts, right, down, held)

    cells, row = starts[1], width + 2
    residual, correction = np.zeros(starts[-1]), np.zeros(starts[-1])
    values, search, change = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    at_left = 0.0
    for i in range(height):
        at_left += 2 * conductivity[i, 0]
        residual[(i + 1) * row + 1] = 2 * conductivity[i, 0]
        for j in range(width):
            p = (i + 1) * row + j + 1
            if inverse[p] > 0:
                search[p] = 1 - (j + 0.5) / width
    _balance(height, width, right, down, inverse, search, change)
    for p in range(cells):  # from a straight fall
        values[p] = search[p]
        residual[p] -= change[p]
        search[p] = 0.0

    flux, size, steps = at_left, 0.0, -1
    for step in range(most_steps):
        _cycle(heights, widths, starts, right, down, inverse, residual, correction)
        # With b what the held side gives and A the balance, xAx - 2bx + at_left is the energy.
        flux, now = at_left, 0.0
        for i in range(height):
            flux -= 2 * conductivity[i, 0] * values[(i + 1) * row + 1]
        for p in range(cells):
            flux -= residual[p] * values[p]
            now += residual[p] * correction[p]
        if now <= tolerance * flux:
            steps = step
            break
        share = now / size if step > 0 else 0.0
        size = now
        for p in range(cells):
            search[p] = correction[p] + share * search[p]
        length = size / _balance(height, width, right, down, inverse, search, change)
        for p in range(cells):
            values[p] += length * search[p]
            residual[p] -= length * change[p]
    return values.reshape(height + 2, row)[1:-1, 1:-1], flux, steps


@compiled(nogil=True)
def _sizes(height, width):
    """Sides of the levels, from the pixels to a few cells, and where each begins."""
    levels, rows, columns = 1, height, width
    while rows * columns > FEWEST:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
        levels += 1
    heights, widths = np.empty(levels, np.int64), np.empty(levels, np.int64)
    starts = np.zeros(levels + 1, np.int64)
    for level in range(levels):
        heights[level], widths[level] = height, width
        starts[level + 1] = starts[level] + (height + 2) * (width + 2)
        height, width = (height + 1) // 2, (width + 1) // 2
    return heights, widths, starts


@compiled(nogil=True)
def _faces(conductivity, right, down, held):
    """Conductances between the centres of pixels: harmonic means; to a side, over half a pixel."""
    height, width = conductivity.shape
    row = width + 2
    for i in range(height):
        for j in range(width):
            here = conductivity[i, j]
            if here <= 0:
                continue
            p = (i + 1) * row + j + 1
            if j + 1 < width and conductivity[i, j + 1] > 0:
                right[p] = 2 * here * conductivity[i, j + 1] / (here + conductivity[i, j + 1])
            if i + 1 < height and conductivity[i + 1, j] > 0:
                down[p] = 2 * here * conductivity[i + 1, j] / (here + conductivity[i + 1, j])
            if j == 0:
                held[p] += 2 * here
            if j == width - 1:
                held[p] += 2 * here


@compiled(nogil=True)
def _coarsen(heights, widths, starts, right, down, held, level):
    """Conductances of a level, whose cells are of 2 x 2 of the level before."""
    fine_row, row = widths[level - 1] + 2, widths[level] + 2
    for i in range(heights[level - 1]):
        for j in range(widths[level - 1]):
            p = starts[level - 1] + (i + 1) * fine_row + j + 1
            q = starts[level] + (i // 2 + 1) * row + j // 2 + 1
            held[q] += COARSER * held[p]
            if j % 2:
                right[q] += COARSER * right[p]
            if i % 2:
                down[q] += COARSER * down[p]


@compiled(nogil=True)
def _inverse(heights, widths, starts, right, down, held):
    inverse = np.zeros(starts[-1])
    for level in range(len(heights)):
        row = widths[level] + 2
        for i in range(1, heights[level] + 1):
            first = starts[level] + i * row + 1
            for p in range(first, first + widths[level]):
                total = right[p] + right[p - 1] + down[p] + down[p - row] + held[p]
                if total > 0:
                    inverse[p] = 1 / total
    return inverse


@compiled(nogil=True)
def _balance(height, width, right, down, inverse, values, change):
    """Write what leaves each pixel less what enters it to `change`; return its product."""
    row, product = width + 2, 0.0
    for i in range(1, height + 1):
        for p in range(i * row + 1, i * row + width + 1):
            if inverse[p] > 0:
                change[p] = (
                    values[p] / inverse[p]
                    - right[p - 1] * values[p - 1]
                    - right[p] * values[p + 1]
                    - down[p - row] * values[p - row]
                    - down[p] * values[p + row]
                )
                product += change[p] * values[p]
    return product


@compiled(nogil=True)
def _cycle(heights, widths, starts, right, down, inverse, residual, values):
    """One symmetric V cycle for `residual`, from 0: Gauss-Seidel there and back on each level."""
    last = len(heights) - 1
    for level in range(last + 1):
        row, first = widths[level] + 2, starts[level]
        for i in range(1, heights[level] + 1):
            before = 0.0
            for p in range(first + i * row + 1, first + i * row + widths[level] + 1):
                flow = residual[p] + right[p - 1] * before + down[p - row] * values[p - row]
                before = flow * inverse[p]
                values[p] = before
        if level < last:
            # After a sweep from 0, what is left in a cell is what came later to its neighbours.
            below, coarse = widths[level + 1] + 2, starts[level + 1]
            residual[coarse : starts[level + 2]] = 0.0
            for i in range(1, heights[level] + 1):
                for j in range(1, widths[level] + 1):
                    p = first + i * row + j
                    q = coarse + ((i + 1) // 2) * below + (j + 1) // 2
                    residual[q] += right[p] * values[p + 1] + down[p] * values[p + row]
    for sweep in range(SWEEPS):
        _sweep(heights, widths, starts, right, down, inverse, residual, values, last, -1)
        if sweep < SWEEPS - 1:
            _sweep(heights, widths, starts, right, down, inverse, residual, values, last, 1)
    for level in range(last - 1, -1, -1):
        row, first = widths[level] + 2, starts[level]
        below, coarse = widths[level + 1] + 2, starts[level + 1]
        for i in range(1, heights[level] + 1):
            for j in range(1, widths[level] + 1):
                p = first + i * row + j
                if inverse[p] > 0:
                    values[p] += values[coarse + ((i + 1) // 2) * below + (j + 1) // 2]
        _sweep(heights, widths, starts, right, down, inverse, residual, values, level, -1)


@compiled(nogil=True)
def _sweep(heights, widths, starts, right, down, inverse, residual, values, level, way):
    """Gauss-Seidel through the cells of a level, forwards (1) or backwards (-1)."""
    height, width = heights[level], widths[level]
    row = width + 2
    for step in range(height):
        line = starts[level] + (step + 1 if way > 0 else height - step) * row
        first = line + (1 if way > 0 else width)
        for p in range(first, first + way * width, way):
            flow = residual[p] + right[p - 1] * values[p - 1] + right[p] * values[p + 1]
            flow += down[p - row] * values[p - row] + down[p] * values[p + row]
            values[p] = flow * inverse[p]

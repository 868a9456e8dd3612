"""Pores of a hydrothermally altered feldspar rock, drawn after what is seen in such rocks.

A fluid has gone along the grain boundaries and replaced the grains from there, some of them
wholly, some up to a front, others not at all. Only what is replaced has pores. They follow the
lattice of their host, those of twin lamellae alternately; some are strung along twin planes or
grain boundaries, and where they are dense they merge. A drawing, no model of the reaction.
"""

import math

import numpy as np

from rockrec.housekeeping.compiling import compiled
from rockrec.plain.records.rocks import RockVariant
from rockrec.synthetic.grains import Grains, grains
from rockrec.synthetic.plane import Piece, smooth_noise, stream

GRAIN = 85.0  # px, spacing of the grains
CELL = 64  # px, of the places that pores are drawn at
# Layers of random numbers.
GRAINS, FRONT, PORES = 0, 3, 4
# Traits of a grain, by column.
REPLACED, DEPTH, DENSITY, ORIENTATION, TWIN_WIDTH, TWIN_SIDE, MINERAL, SHADE = range(8)
WHOLLY, PARTLY = 0.6, 0.9  # shares of the grains that are replaced wholly; at least partly
FRONT_DEPTH = (8.0, 34.0)  # px, that partly replaced grains are replaced from the boundary
FRONT_WAVES = 8.0, 26.0  # px, height and length of the front's waves

ALONG = 25.0  # degrees from the columns' direction, counter-clockwise: the rock's own orientation
GRAIN_SPREAD, PORE_SPREAD, TWIN_ANGLE = 20.0, 5.0, 9.0  # degrees
TWIN_WIDTHS = (9.0, 30.0)  # px
AREA, AREA_SPREAD = 18.0, 1.15  # px² (median) and standard deviation of its logarithm
AREAS = (6.0, 900.0)  # px²
NARROWEST = 1.25  # px, half width: no pore is lost where a mosaic is halved
ELONGATION = (1.0, 6.0)
ON_TWIN, ON_BOUNDARY = 0.25, 0.6  # share of the pores near one that lie on it
NEAR = 9.0  # px
# Pores per px² of replaced rock at the phase fraction of 0.05, as measured on 3 · 10^7 px.
DENSITY_AT, USUAL = 1.89e-3, 0.05
DENSEST = 3.0  # times the mean


def draw_pores(seed: int, piece: Piece, variant: RockVariant) -> tuple[np.ndarray, Grains]:
    """Draw the truth (height, width) uint8 of a piece, and the grains in it."""
    size = variant.feature_size
    longest = 1.5 * math.sqrt(AREAS[1] * ELONGATION[1] / math.pi)
    reach = math.ceil(size * (longest + TWIN_WIDTHS[1] / 2))  # of a pore moved to a twin plane
    wide = piece.grown(reach)
    hosts = grains(seed, GRAINS, wide, GRAIN * size)
    table = _pores(seed, wide, hosts, variant)
    truth = np.zeros(piece.shape, np.uint8)
    table[:, 0] -= piece.top
    table[:, 1] -= piece.left
    _draw(truth, table)
    cut = slice(reach, -reach)
    return truth, Grains(hosts.owner[cut, cut], hosts.inside[cut, cut], hosts.centres, hosts.traits)


def replaced(seed: int, piece: Piece, hosts: Grains, size: float) -> np.ndarray:
    """Tell which pixels of a piece the fluid has replaced."""
    low, high = FRONT_DEPTH
    depth = size * (low + (high - low) * hosts.traits[:, DEPTH])
    depth[hosts.traits[:, REPLACED] < WHOLLY] = np.inf
    depth[hosts.traits[:, REPLACED] >= PARTLY] = -np.inf
    height, length = (size * wave for wave in FRONT_WAVES)
    waves = height * smooth_noise(seed, FRONT, piece, length)
    return hosts.inside + waves < depth.astype(np.float32)[hosts.owner]


def twin_places(hosts: Grains, rows, columns, owner, size: float):
    """Return how many lamellae a place lies from the first of its grain, and their normal."""
    low, high = TWIN_WIDTHS
    width = size * (low + (high - low) * hosts.traits[owner, TWIN_WIDTH])
    normal = _lattice(hosts, owner, 1.0) + math.pi / 2
    down, right = rows - hosts.centres[owner, 0], columns - hosts.centres[owner, 1]
    along = np.cos(normal) * right - np.sin(normal) * down
    return along / width + hosts.traits[owner, TWIN_SIDE], normal, width


def _lattice(hosts, owner, anisotropy):
    """The direction of each pixel's host, radians."""
    # From U[0, 1) to about N(0, 1), by the logistic's quantiles.
    u = np.clip(hosts.traits[owner, ORIENTATION], 1e-4, 1 - 1e-4)
    normal = np.log(u / (1 - u)) * math.sqrt(3) / math.pi
    if anisotropy == 0:
        return math.pi * hosts.traits[owner, ORIENTATION]
    return np.radians(ALONG + GRAIN_SPREAD / anisotropy * normal)


def _pores(seed: int, wide: Piece, hosts: Grains, variant: RockVariant) -> np.ndarray:
    """Return the pores of a piece: (n, 13), as `_draw` takes them."""
    size = variant.feature_size
    is_replaced = replaced(seed, wide, hosts, size)
    fraction = variant.phase_fraction or USUAL
    wanted = DENSITY_AT * math.log1p(-fraction) / math.log1p(-USUAL)
    cell, most = CELL * size, DENSEST * wanted * CELL**2
    drawn = []
    for row, column in wide.cells(cell, 0):
        random = stream(seed, PORES, row, column)
        numbers = random.random((random.poisson(most), 18))
        numbers[:, :2] = (numbers[:, :2] + (row, column)) * cell
        numbers[:, 12:] = random.standard_normal((len(numbers), 6))
        drawn.append(numbers)
    drawn = np.concatenate(drawn)
    at = np.floor(drawn[:, :2] - (wide.top, wide.left)).astype(int)
    within = ((at >= 2) & (at < np.array(wide.shape) - 2)).all(axis=1)
    drawn, at = drawn[within], at[within]
    owner = hosts.owner[at[:, 0], at[:, 1]]
    # A grain's, over the mean of all: a power of an exponential's, which has a spread of 0.33.
    density = (-np.log1p(-hosts.traits[owner, DENSITY])) ** 0.35
    kept = is_replaced[at[:, 0], at[:, 1]] & (drawn[:, 2] * DENSEST < density)
    drawn, at, owner = drawn[kept], at[kept], owner[kept]

    rows, columns = drawn[:, 0].copy(), drawn[:, 1].copy()
    lamella, normal, width = twin_places(hosts, rows, columns, owner, size)
    angle = _lattice(hosts, owner, variant.anisotropy)
    angle += np.radians(TWIN_ANGLE) * np.where(np.floor(lamella) % 2, 1.0, -1.0)
    angle += np.radians(PORE_SPREAD) * drawn[:, 12]
    on_twin = drawn[:, 3] < ON_TWIN
    shift = np.where(on_twin, (np.round(lamella) - lamella) * width, 0.0)
    rows -= np.sin(normal) * shift
    columns += np.cos(normal) * shift

    slope_down, slope_right = _slope(hosts.inside, at)
    distance = hosts.inside[at[:, 0], at[:, 1]]
    on_boundary = (distance < NEAR * size) & (drawn[:, 4] < ON_BOUNDARY)
    rows -= np.where(on_boundary, distance * slope_down, 0.0)
    columns -= np.where(on_boundary, distance * slope_right, 0.0)
    angle = np.where(on_boundary, np.arctan2(slope_right, slope_down), angle)

    area = np.clip(AREA * np.exp(AREA_SPREAD * drawn[:, 13]), *AREAS) * size**2
    low, high = ELONGATION
    # A pore of a few pixels cannot be long: it would be thinner than a pixel.
    elongation = np.minimum(
        low + (high - low) * drawn[:, 5] ** 1.5, area / (math.pi * NARROWEST**2)
    )
    half_width = np.sqrt(area / (math.pi * np.maximum(elongation, 1.0)))
    half_length = half_width * np.maximum(elongation, 1.0)
    shape = np.column_stack([drawn[:, 6], drawn[:, 7], drawn[:, 8], *drawn[:, 14:17].T])
    table = np.column_stack(
        [rows, columns, np.cos(angle), np.sin(angle), half_length, half_width, shape]
    )
    return np.ascontiguousarray(table)


def _slope(inside: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors away from the nearest boundary, at pixels (n, 2)."""
    row, column = at.T
    down = inside[row + 2, column] - inside[row - 2, column]
    right = inside[row, column + 2] - inside[row, column - 2]
    length = np.maximum(np.hypot(down, right), 1e-6)
    return down / length, right / length


@compiled(nogil=True)
def _draw(truth, table):
    """Draw pores: row, column, cos, sin, half length, half width, outline (6 numbers) each.

    The outline's first number chooses among faceted (below 0.35), rounded (below 0.6) and
    irregular.
    """
    for number in range(len(table)):
        row, column, cos, sin, half_length, half_width = table[number, :6]
        form, first, second = table[number, 6:9]
        rough = 0.15 if form >= 0.6 else 0.05
        reach = int(np.ceil(1.5 * half_length)) + 1
        top, left = int(np.floor(row)) - reach, int(np.floor(column)) - reach
        for y in range(max(top, 0), min(top + 2 * reach + 2, truth.shape[0])):
            for x in range(max(left, 0), min(left + 2 * reach + 2, truth.shape[1])):
                down, right = y - row, x - column
                along = (cos * right - sin * down) / half_length
                across = (sin * right + cos * down) / half_width
                azimuth = np.arctan2(across, along)
                outline = 1.0
                for harmonic in range(3):
                    turn = 6.2832 * (first if harmonic % 2 else second) + harmonic
                    strength = rough * table[number, 9 + harmonic]
                    outline += strength * np.cos((harmonic + 2) * azimuth + turn)
                if form < 0.35:  # two long facets, each end pointed or blunt, askew
                    across += 0.5 * (first - 0.5) * along
                    size = max(abs(across) / 0.92, 0.8 * abs(along) + 0.4 * abs(across))
                    blunt = first < 0.4 if along > 0 else second < 0.4
                    if blunt:
                        size = max(size, abs(along + 0.4 * (second - 0.5) * across) / 0.8)
                elif form < 0.6:  # between an ellipse and a rectangle
                    power = 1.8 + 1.0 * first
                    size = (abs(along) ** power + abs(across) ** power) ** (1 / power)
                else:
                    size = np.hypot(along, across)
                size /= min(max(outline, 0.6), 1.45)
                if size < 1.0:
                    truth[y, x] = 1

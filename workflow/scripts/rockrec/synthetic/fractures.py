"""Fractures of a serpentinite, drawn after the mesh textures that are seen in such rocks.

An olivine rock splits again and again, and serpentine grows from each fracture into the walls,
which leaves rounded relics. Younger fractures end at older ones. Late veins cross everything. A
drawing, no model of the reaction.
"""

import math
from functools import lru_cache

import numpy as np

from rockrec.plain.records.rocks import LEAST_FRACTURED, RockVariant
from rockrec.synthetic.lines import depth_in_lines
from rockrec.synthetic.plane import Piece, smooth_noise, stream

# Layers of random numbers.
BANDS, BRICKS, INSIDE, WANDER, VEINS, WARPS = range(6)
TURNED = math.radians(20.0)  # of the first fractures against the columns' direction
BAND, BRICK = 300.0, 380.0  # px, mean spacing of the first fractures, and of those between two
WARP = (
    (16.0, 110.0),
    (5.0, 34.0),
    (1.5, 12.0),
)  # px, height and length of the waves that bend the mesh
MOST_BENT = 75.0  # px, farther than nearly all places are moved
STRETCH = 1.12  # of the mesh along the first fractures, at the usual anisotropy
CELL_AREA, CELL_SPREAD = 7500.0, 0.5  # px² at which a cell splits no more, and of its logarithm
TILT = 18.0  # degrees, spread of a new fracture about the cell's shorter axis
# Half widths, px: median of the oldest, factor from one generation to the next, spread of the
# logarithm. None is thinner than 3 px in all: none is lost where a mosaic is halved.
HALF_WIDTH, YOUNGER, HALF_WIDTH_SPREAD, NARROWEST = 5.8, 0.93, 0.38, 1.5
ROUNDING = 4.5  # px, decay length of what a fracture adds to another's half width
WANDERING = (0.28, 22.0)  # of the half width's logarithm, and px over which
DEAD_END, ISLAND, SPLAY = 0.12, 0.06, 0.12  # share of the fractures (dead ends: of the youngest)
VEIN_CELL, VEINS_IN_CELL = 512.0, 0.9
VEIN_LENGTHS, VEIN_HALF_WIDTH, VEIN_SPREAD = (250.0, 1000.0), 8.5, 0.4  # px
STEP = 14.0  # px between the points of a vein
TAPER = 70.0  # px over which a vein thins to its end
USUAL = 0.35
# Factor of the half widths by phase fraction, as measured on 10^7 px each.
WIDENING = (
    (0.171, 0.3205),
    (0.252, 0.641),
    (0.311, 0.855),
    (0.350, 1.0),
    (0.447, 1.389),
    (0.564, 1.923),
    (0.695, 2.671),
)


def depth_in_fractures(seed: int, piece: Piece, variant: RockVariant) -> np.ndarray:
    """Return how far each pixel (height, width) of a piece lies within a fracture, px.

    It is negative in the rock between them.
    """
    size, fraction = variant.feature_size, variant.phase_fraction or USUAL
    if fraction < LEAST_FRACTURED:
        raise ValueError(
            f"phase_fraction {fraction:g}: the fractures, none thinner than {2 * NARROWEST:g} px, "
            f"make up at least {LEAST_FRACTURED:g} of a rock"
        )
    widen = float(np.interp(fraction, *zip(*WIDENING, strict=True)))
    strength, length = WANDERING
    wander = widen * np.exp(strength * smooth_noise(seed, WANDER, piece, length * size))
    places = np.meshgrid(*(place.ravel() for place in piece.places), indexing="ij")
    bent = bent_places(seed, piece, size)
    mesh, branches = mesh_segments(seed, piece, variant)
    veins = vein_segments(seed, piece, size)
    return np.maximum.reduce(
        [
            depth_in_lines(*bent, wander, mesh, size * ROUNDING, NARROWEST),
            depth_in_lines(*bent, wander, branches, 0.0, NARROWEST),
            depth_in_lines(*places, wander, veins, 0.0, NARROWEST),
        ]
    )


def bent_places(seed: int, piece: Piece, size: float) -> list[np.ndarray]:
    """Return the rows and columns (height, width) that the mesh, of straight lines, is seen at."""
    places = []
    for axis, place in enumerate(piece.places):
        for wave, (height, length) in enumerate(WARP):
            noise = smooth_noise(seed, WARPS + 2 * wave + axis, piece, size * length)
            place = place + np.float32(size * height) * noise
        places.append(np.ascontiguousarray(place))
    return places


def mesh_segments(seed: int, piece: Piece, variant: RockVariant) -> tuple[np.ndarray, np.ndarray]:
    """Return the mesh near a piece, and what branches off it: (n, 6) each, see `lines`.

    The first fractures cut the plane into bands, others the bands into bricks, and each brick
    splits by itself until its parts are as small as cells are.
    """
    size = variant.feature_size
    turn = _turn(size, variant.anisotropy)
    # The bricks that have a part near the piece, in coordinates in which they are rectangles.
    near = piece.grown(math.ceil(size * (MOST_BENT + 60)))
    corners = np.array([[0, 0], [0, near.width], [near.height, 0], near.shape])
    corners = (corners + (near.top, near.left)) @ np.linalg.inv(turn)
    (top, left), (bottom, right) = corners.min(axis=0), corners.max(axis=0)
    mesh, branches = [], []
    for band in range(math.floor(top / BAND) - 1, math.floor(bottom / BAND) + 1):
        for brick in range(math.floor(left / BRICK) - 1, math.floor(right / BRICK) + 1):
            of_mesh, of_branches = _brick(seed, band, brick)
            mesh.append(of_mesh)
            branches.append(of_branches)
    return _turned(mesh, turn, size), _turned(branches, turn, size)


def _turn(size: float, anisotropy: float) -> np.ndarray:
    """The matrix (2, 2) from the bricks' coordinates (down, right) to the mosaic's."""
    cos, sin = math.cos(TURNED), math.sin(TURNED)
    stretch = size * np.diag([STRETCH**-anisotropy, STRETCH**anisotropy])
    return stretch @ np.array([[cos, sin], [-sin, cos]])


def _turned(segments: list[np.ndarray], turn: np.ndarray, size: float) -> np.ndarray:
    table = np.concatenate(segments)
    table[:, :2], table[:, 2:4] = table[:, :2] @ turn, table[:, 2:4] @ turn
    table[:, 4:] *= size
    return table


@lru_cache(maxsize=2048)  # a brick lies in several blocks; those of a row of blocks are kept
def _brick(seed: int, band: int, brick: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractures of a brick, with those at its upper and left side: (n, 6) each."""
    mesh, branches = [], []
    top, bottom = (BAND * (k + stream(seed, BANDS, k, 0).random()) for k in (band, band + 1))
    left, right = (BRICK * (k + stream(seed, BRICKS, band, k).random()) for k in (brick, brick + 1))
    random = stream(seed, INSIDE, band, brick)
    oldest = _half_width(stream(seed, BANDS, band, 1), 0)  # one width all along the band
    mesh.append((top, left, top, right, oldest, oldest))
    _add((top, left), (bottom, left), 1, False, random, mesh, branches)
    waiting = [(np.array([(top, left), (top, right), (bottom, right), (bottom, left)]), 2)]
    while waiting:
        cell, generation = waiting.pop()
        if _area(cell) < CELL_AREA * math.exp(CELL_SPREAD * random.standard_normal()):
            continue
        parts, ends = _split(cell, random)
        if parts is None:
            continue
        is_young = max(map(_area, parts)) < 1.4 * CELL_AREA
        _add(*ends, generation, is_young, random, mesh, branches)
        waiting += [(part, generation + 1) for part in parts]
    return tuple(np.array(some, dtype=float).reshape(-1, 6) for some in (mesh, branches))


def _split(cell: np.ndarray, random: np.random.Generator):
    """Split a convex cell (n, 2) across its longer axis: two parts, and the ends of the cut."""
    middle = cell.mean(axis=0)
    _, _, axes = np.linalg.svd(cell - middle)
    normal = axes[0]
    turn = math.radians(TILT) * random.standard_normal()
    cos, sin = math.cos(turn), math.sin(turn)
    normal = np.array([cos * normal[0] - sin * normal[1], sin * normal[0] + cos * normal[1]])
    side = (cell - middle) @ normal
    side = side - 0.12 * np.ptp(side) * float(np.clip(random.standard_normal(), -2, 2))
    parts, ends = ([], []), []
    for at, (corner, height) in enumerate(zip(cell, side, strict=True)):
        following, next_height = cell[at - len(cell) + 1], side[at - len(cell) + 1]
        parts[0 if height > 0 else 1].append(corner)
        if (height > 0) != (next_height > 0):
            crossing = corner + (following - corner) * height / (height - next_height)
            ends.append(crossing)
            parts[0].append(crossing)
            parts[1].append(crossing)
    if len(ends) != 2:
        return None, None
    return [np.array(part) for part in parts], ends


def _area(cell: np.ndarray) -> float:
    (down, right), (next_down, next_right) = cell.T, np.concatenate([cell[1:], cell[:1]]).T
    return abs(next_down @ right - next_right @ down) / 2


def _half_width(random: np.random.Generator, generation: int) -> float:
    median = HALF_WIDTH * YOUNGER**generation
    return median * math.exp(HALF_WIDTH_SPREAD * random.standard_normal())


def _add(start, end, generation, is_young, random, mesh, branches) -> None:
    """Add a fracture of the mesh: whole, with a dead end, or around an island; perhaps a splay."""
    start, end = np.array(start), np.array(end)
    way = end - start
    across = np.array([-way[1], way[0]]) / max(np.hypot(*way), 1e-9)
    half_width = _half_width(random, generation)
    kind, splays, side = random.random(2).tolist() + [random.choice([-1.0, 1.0])]
    if is_young and kind < DEAD_END:
        stop = start + way * random.uniform(0.3, 0.75)
        mesh.append((*start, *stop, half_width, 0.0))
    elif kind > 1 - ISLAND and np.hypot(*way) > 60:
        along = np.linspace(0.0, 1.0, 9)[:, None]
        for bow in (random.uniform(7.0, 15.0), -random.uniform(7.0, 15.0)):
            points = start + along * way + bow * np.sin(np.pi * along) * across
            branches += [
                (*a, *b, 0.8 * half_width, 0.8 * half_width)
                for a, b in zip(points, points[1:], strict=False)
            ]
    else:
        mesh.append((*start, *end, half_width, half_width))
    if splays < SPLAY:
        root = start + way * random.uniform(0.2, 0.8)
        angle = math.radians(random.uniform(25.0, 55.0)) * side
        ahead = way / max(np.hypot(*way), 1e-9)
        to = root + random.uniform(22.0, 55.0) * (
            math.cos(angle) * ahead + math.sin(angle) * across
        )
        branches.append((*root, *to, 0.8 * half_width, 0.3 * half_width))


def vein_segments(seed: int, piece: Piece, size: float) -> np.ndarray:
    """Return the late veins near a piece: (n, 6), see `lines`."""
    segments = []
    longest = VEIN_LENGTHS[1] * size
    for row, column in piece.cells(VEIN_CELL * size, longest / 2 + 40 * size):
        random = stream(seed, VEINS, row, column)
        for _ in range(random.poisson(VEINS_IN_CELL)):
            middle = (random.random(2) + (row, column)) * VEIN_CELL * size
            length = random.uniform(*VEIN_LENGTHS)
            count = max(int(length / STEP), 2)
            angle = math.radians(random.choice([20.0, 110.0]) + 18.0 * random.standard_normal())
            turns = angle + np.cumsum(0.07 * random.standard_normal(count))
            waves = random.uniform(0.1, 0.45) * np.sin(
                2 * np.pi * np.arange(count) * STEP / random.uniform(90.0, 220.0)
            )
            ways = np.stack([-np.sin(turns + waves), np.cos(turns + waves)], axis=1)
            points = np.cumsum(STEP * size * ways, axis=0)
            points += middle - points.mean(axis=0)
            half_width = VEIN_HALF_WIDTH * math.exp(VEIN_SPREAD * random.standard_normal())
            to_end = STEP * np.minimum(np.arange(count), np.arange(count)[::-1])
            half_widths = size * half_width * np.sqrt(np.minimum(to_end / TAPER, 1.0))
            segments.append(
                np.column_stack([points[:-1], points[1:], half_widths[:-1], half_widths[1:]])
            )
    return np.concatenate(segments) if segments else np.empty((0, 6))

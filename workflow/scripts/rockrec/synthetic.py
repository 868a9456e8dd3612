"""Synthetic rock: a binary medium with known truth, its BSE-like image and sparse labels.

The media are built from objects (grains, pores, fractures), not from a thresholded random
field, so that they hold more than their two-point correlation tells.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

MARGIN = 96  # px made around the mosaic and cut off, so that objects at its border are whole
PHASE_OF_INTEREST, REST = 1, 2  # values of the sparse labels


@dataclass(frozen=True)
class SyntheticRock:
    """A rock of (height, width) px, all arrays uint8.

    Attributes
    ----------
    truth : 1 = phase of interest, 0 = the rest.
    gray : what an electron microscope would show.
    labels : 0 = not labelled, 1 = phase of interest, 2 = the rest; painted on about one
        pixel in a hundred.
    """

    truth: np.ndarray
    gray: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class _Recipe:
    """What makes one kind of rock."""

    phase_fraction: float
    medium: Callable[[int, int, float, np.random.Generator], np.ndarray]
    phase_gray: float
    minerals: tuple[tuple[float, float], ...]  # gray level and share of the grains
    grain_spacing: float  # px


def make_rock(kind: str, height: int, width: int, seed: int) -> SyntheticRock:
    """Make a rock; the same arguments give the same pixels.

    Parameters
    ----------
    kind : ``pores`` (isolated, elongated along 25 degrees, phase fraction 0.05: like a
        meta-igneous rock) or ``fractures`` (a connected network of several widths, phase
        fraction 0.35: like a serpentinite).
    height, width : px, at least 128.

    Raises
    ------
    ValueError : an unknown kind, or a side below 128 px.
    """
    if kind not in RECIPES:
        raise ValueError(f"kind {kind!r} is none of {', '.join(RECIPES)}")
    if min(height, width) < 128:
        raise ValueError(f"a synthetic rock has at least 128 x 128 px, not {height} x {width}")
    recipe = RECIPES[kind]
    shaping, shading, painting = np.random.default_rng(seed).spawn(3)
    whole = recipe.medium(height + 2 * MARGIN, width + 2 * MARGIN, recipe.phase_fraction, shaping)
    truth = np.ascontiguousarray(whole[MARGIN:-MARGIN, MARGIN:-MARGIN])
    return SyntheticRock(truth, _photograph(truth, recipe, shading), _paint(truth, painting))


# --- media ----------------------------------------------------------------------------------


def _pores(height: int, width: int, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Draw slender pores, about 41 px apart, sized such that together they make up `fraction`.

    A pore is an ellipse, bent to a bow and uneven of outline, along 25 degrees or so.
    """
    centres = _scattered((height, width), spacing=41.0, rng=rng)
    n = len(centres)
    size = rng.lognormal(0.0, 0.1, n)
    size *= np.sqrt(fraction * height * width / np.sum(np.pi * size**2))
    slenderness = np.sqrt(rng.uniform(4.5, 7.0, n))
    half_length, half_width = size * slenderness, size / slenderness
    angle = np.radians(rng.normal(25.0, 4.0, n))
    bow = rng.choice([-1.0, 1.0], n) * rng.uniform(0.3, 0.8, n) / half_length
    reach = 28  # px, farther than a pore extends
    offsets = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    truth = np.zeros((height, width), np.uint8)
    for at, (row, column) in enumerate(centres):
        if min(row, column, height - 1 - row, width - 1 - column) < reach:
            continue
        outline = _pore(offsets, half_length[at], half_width[at], angle[at], bow[at], rng)
        truth[row - reach : row + reach + 1, column - reach : column + reach + 1] |= outline
    return truth


def _pore(
    offsets: np.ndarray,
    half_length: float,
    half_width: float,
    angle: float,
    bow: float,
    rng: np.random.Generator,
) -> np.ndarray:
    down, right = offsets
    along = (np.cos(angle) * right - np.sin(angle) * down) / half_length
    across = np.sin(angle) * right + np.cos(angle) * down
    across = (across - bow * half_length**2 * (along**2 - 1 / 3)) / half_width
    azimuth = np.arctan2(across, along)
    outline = np.ones_like(azimuth)
    for harmonic in (2, 3, 4):
        phase = rng.uniform(0.0, 2 * np.pi)
        outline += rng.normal(0.0, 0.03) * np.cos(harmonic * azimuth + phase)
    return (np.hypot(along, across) < outline).astype(np.uint8)


def _fractures(height: int, width: int, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a mesh of cell boundaries at two scales, crossed by long fractures.

    Each fracture has its own width, which wanders along it. All widths shift by the same
    small amount such that the network makes up `fraction`.
    """
    shape = (height, width)
    mesh = _warped_cells(shape, spacing=70.0, warp=8.0, rng=rng)
    veins = _warped_cells(shape, spacing=68.0, warp=8.0, rng=rng)
    systems = (
        (*_cell_boundaries(mesh, rng, closed=0.0), 5.0, 9.0),
        (*_cell_boundaries(veins, rng, closed=0.85), 2.0, 4.0),
        (*_long_fractures(shape, rng), 6.0, 10.0),
    )
    inside = np.full(shape, np.inf, np.float32)  # distance to the nearest fracture's wall
    for centre_line, fracture_of, narrow, wide in systems:
        half_widths = rng.uniform(narrow, wide, fracture_of.max() + 1) * 0.7
        wander = 1.0 + 0.25 * _smooth_noise(shape, 24.0, rng)[centre_line]
        distance, nearest = _distance_to(centre_line)
        half_width = np.zeros(nearest.max() + 1, np.float32)
        half_width[nearest[centre_line]] = half_widths[fracture_of] * wander
        np.minimum(inside, distance - half_width[nearest], out=inside)
    inside = cv2.GaussianBlur(inside, (0, 0), 1.5)  # rounds the corners where fractures meet
    wall = np.quantile(inside[MARGIN:-MARGIN, MARGIN:-MARGIN], fraction)
    return (inside < wall).astype(np.uint8)


def _cell_boundaries(
    cells: np.ndarray, rng: np.random.Generator, closed: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask of boundary pixels and, for each of them, which pair of cells it parts.

    A share `closed` of the boundaries is left out.
    """
    right = np.zeros(cells.shape, np.int64)
    below = np.zeros(cells.shape, np.int64)
    right[:, :-1] = np.where(cells[:, 1:] != cells[:, :-1], cells[:, 1:], 0)
    below[:-1] = np.where(cells[1:] != cells[:-1], cells[1:], 0)
    other = np.maximum(right, below)
    boundary = other > 0
    own = cells[boundary].astype(np.int64)
    pairs = np.minimum(own, other[boundary]) * (int(cells.max()) + 1)
    pairs += np.maximum(own, other[boundary])
    _, pair_of = np.unique(pairs, return_inverse=True)
    is_open = rng.random(pair_of.max() + 1) >= closed
    kept = is_open[pair_of]
    boundary[boundary] = kept
    return boundary, pair_of[kept]


def _long_fractures(
    shape: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw gently bent lines of 300 to 700 px, one per 600 x 600 px."""
    drawn = np.zeros(shape, np.int32)
    for line, middle in enumerate(_scattered(shape, 600.0, rng), start=1):
        length = rng.uniform(300.0, 700.0)
        angle = np.radians(rng.choice([20.0, 110.0]) + rng.normal(0.0, 15.0))
        bends = angle + np.cumsum(rng.normal(0.0, 0.12, 24))
        steps = np.cumsum(np.stack([np.cos(bends), -np.sin(bends)], axis=1), axis=0)
        path = middle[::-1] + (steps - steps.mean(axis=0)) * length / len(steps)
        cv2.polylines(drawn, [np.round(path).astype(np.int32)], False, line, 1)
    mask = drawn > 0
    return mask, drawn[mask]


# --- the microscope -------------------------------------------------------------------------


def _photograph(truth: np.ndarray, recipe: _Recipe, rng: np.random.Generator) -> np.ndarray:
    """Show the medium as a BSE image of 8 bit: minerals, blur, shading, charging, noise."""
    shape = truth.shape
    grains = _warped_cells(shape, recipe.grain_spacing, recipe.grain_spacing / 6, rng)
    levels, shares = map(np.array, zip(*recipe.minerals, strict=True))
    mineral = rng.choice(len(levels), size=grains.max() + 1, p=shares)
    gray_of_grain = levels[mineral] + rng.normal(0.0, 4.0, len(mineral))
    image = gray_of_grain.astype(np.float32)[grains]
    image += 4.0 * _smooth_noise(shape, 10.0, rng)  # zoning within the grains
    filling = recipe.phase_gray + 5.0 * _smooth_noise(shape, 12.0, rng)
    image = np.where(truth == 1, filling, image)
    image = cv2.GaussianBlur(image, (0, 0), 0.8)

    image += 14.0 * _smooth_noise(shape, 700.0, rng)  # shading
    image += _charging(shape, rng)
    image += rng.standard_normal(shape, np.float32) * np.sqrt(30.0 + 0.5 * np.maximum(image, 0.0))
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _charging(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Make streaks along the rows (the scan direction) that decay to the right."""
    height, width = shape
    streaks = np.repeat(rng.normal(0.0, 2.0, (height, 1)), width, axis=1).astype(np.float32)
    for _ in range(height * width // 20_000):
        row, column = int(rng.integers(height)), int(rng.integers(width))
        decay = rng.uniform(40.0, 200.0)
        end = min(width, column + int(4 * decay))
        profile = np.exp(-np.arange(end - column, dtype=np.float32) / decay)
        streaks[row : row + int(rng.integers(1, 4)), column:end] += rng.normal(0.0, 14.0) * profile
    return streaks


# --- the person who labels ------------------------------------------------------------------


def _paint(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paint brush strokes of both classes into fields spread over the mosaic.

    Fields lie on a jittered grid of about 300 px; in each, strokes of 2 to 5 px width are drawn
    on the phase of interest, on the rest beside it and on the rest anywhere. A stroke stops
    where its class ends.
    """
    height, width = truth.shape
    labels = np.zeros(truth.shape, np.uint8)
    field = 160
    beside = cv2.dilate(truth, np.ones((9, 9), np.uint8)) - truth
    for top in _spread(height, field, rng):
        for left in _spread(width, field, rng):
            here = (slice(top, top + field), slice(left, left + field))
            for where, strokes, value in (
                (truth[here], 12, PHASE_OF_INTEREST),
                (beside[here], 12, REST),
                (1 - truth[here], 8, REST),
            ):
                painted = _strokes(where, strokes, rng)
                own = truth[here] == (value == PHASE_OF_INTEREST)
                labels[here][own & painted] = value
    return labels


def _spread(length: int, field: int, rng: np.random.Generator) -> list[int]:
    """Positions of fields along an axis, one in each of its equal parts."""
    parts = max(1, round(length / 400))
    part = length / parts
    room = max(part - field, 1.0)
    starts = [int(index * part + rng.uniform(0, room)) for index in range(parts)]
    return [min(start, max(length - field, 0)) for start in starts]


def _strokes(where: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw bent strokes of 15 to 45 px that start on pixels of the mask `where`."""
    painted = np.zeros(where.shape, np.uint8)
    starts = np.argwhere(where)
    for _ in range(count if len(starts) else 0):
        row, column = starts[rng.integers(len(starts))]
        bends = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0.0, 0.35, 5))
        steps = np.stack([np.cos(bends), np.sin(bends)], axis=1) * rng.uniform(3.0, 9.0)
        path = np.array([column, row]) + np.vstack([np.zeros(2), np.cumsum(steps, axis=0)])
        brush = int(rng.integers(2, 6))
        cv2.polylines(painted, [np.round(path).astype(np.int32)], False, 1, brush)
    return painted.astype(bool)


# --- building blocks ------------------------------------------------------------------------


def _smooth_noise(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of zero mean and unit variance that changes over about `scale` px."""
    coarse = [int(side / scale) + 4 for side in shape]
    noise = cv2.GaussianBlur(rng.standard_normal(coarse, np.float32), (0, 0), 0.7)
    noise = (noise - noise.mean()) / noise.std()
    size = (int(coarse[1] * scale), int(coarse[0] * scale))
    margin = int(scale)
    fine = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    return fine[margin : margin + shape[0], margin : margin + shape[1]]


def _warped_cells(
    shape: tuple[int, int], spacing: float, warp: float, rng: np.random.Generator
) -> np.ndarray:
    """Divide the plane into Voronoi cells about `spacing` px wide with bent boundaries.

    Returns
    -------
    int32 numbers of the cells, from 1.
    """
    seeds = _scattered(shape, spacing, rng)
    at_seed = np.zeros(shape, bool)
    at_seed[seeds[:, 0], seeds[:, 1]] = True
    _, cells = _distance_to(at_seed)
    down, right = np.indices(shape, np.float32)
    down += warp * _smooth_noise(shape, spacing / 2, rng)
    right += warp * _smooth_noise(shape, spacing / 2, rng)
    return cv2.remap(
        cells.astype(np.float32), right, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.int32)


def _scattered(shape: tuple[int, int], spacing: float, rng: np.random.Generator) -> np.ndarray:
    """Scatter points at random but evenly, about one per `spacing` x `spacing` px: (n, 2) int.

    A turned hexagonal grid, every point shaken and then moved to the middle of its Voronoi cell
    (one step of Lloyd's relaxation): windows differ in what they hold far less than a Poisson
    process would make them.
    """
    height, width = shape
    reach = int(np.hypot(height, width) / spacing) + 2
    row, column = np.mgrid[-reach:reach, -reach:reach].astype(float)
    grid = np.stack([row * 0.9306, (column + 0.5 * (row % 2)) * 1.0746], axis=-1).reshape(-1, 2)
    shaken = spacing * (grid + rng.uniform(-0.4, 0.4, grid.shape))
    cosine, sine = np.cos(np.radians(17.0)), np.sin(np.radians(17.0))
    points = shaken @ np.array([[cosine, sine], [-sine, cosine]])
    points = points[((points >= 0) & (points < shape)).all(axis=1)].astype(int)
    if len(points) == 0:  # fewer pixels than one point is to have
        points = np.array([[height // 2, width // 2]])
    mask = np.zeros(shape, bool)
    mask[points[:, 0], points[:, 1]] = True
    _, cells = _distance_to(mask)
    size = np.bincount(cells.ravel())[1:]
    by_row = np.bincount(cells.ravel(), np.repeat(np.arange(height), width))[1:]
    by_column = np.bincount(cells.ravel(), np.tile(np.arange(width), height))[1:]
    return np.stack([by_row // size, by_column // size], axis=1).astype(int)


def _distance_to(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every pixel to the nearest one of `mask`, and that pixel's number (from 1)."""
    return cv2.distanceTransformWithLabels(
        (~mask).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )


RECIPES = {
    # Pores are nearly as dark as the darkest mineral (quartz among feldspars and epidote).
    "pores": _Recipe(
        phase_fraction=0.05,
        medium=_pores,
        phase_gray=42.0,
        minerals=((78.0, 0.2), (112.0, 0.4), (138.0, 0.3), (190.0, 0.1)),
        grain_spacing=150.0,
    ),
    # Serpentine between olivine kernels, some pyroxene nearly as dark, some bright oxide.
    "fractures": _Recipe(
        phase_fraction=0.35,
        medium=_fractures,
        phase_gray=85.0,
        minerals=((112.0, 0.15), (136.0, 0.75), (215.0, 0.1)),
        grain_spacing=90.0,
    ),
}

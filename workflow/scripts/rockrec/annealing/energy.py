"""The energy of an image (Amiri et al. 2023, Eq. 3): what is counted, and what it is held to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..descriptors import NAMES, origins
from ..descriptors.counting import count
from ..descriptors.polytopes import POLYTOPES
from .kernels import CHORDS, LANES, PAIRS, POLYTOPE, Lattice, Terms

# No swap changes C2 cheaply: it may join or split clusters of any size.
TARGETS = tuple(name for name in NAMES if name != "C2")
# Primitives counted along rows (..H) and columns (..V); a mean of both where there are two.
LINES = {
    "S2": (PAIRS, ("S2H", "S2V")),
    "S2H": (PAIRS, ("S2H",)),
    "S2V": (PAIRS, ("S2V",)),
    "L": (CHORDS, ("LH", "LV")),
}


@dataclass(frozen=True)
class Channel:
    """Counts that change together: primitives whose sum is counted, and what one count is worth."""

    kind: int
    primitives: tuple[str, ...]
    coefficient: np.ndarray  # float64 (lags,)


@dataclass(frozen=True)
class Energy:
    """Sum over the descriptors, and over the lags r > 0, of weighted squared errors.

    Attributes
    ----------
    names : the descriptors, in the order of the curves.
    shape, boundary, n_lags : of the images, and their lags 0 ... n_lags - 1.
    channels : what is counted.
    weight : float64 (curves, n_lags), 0 at r = 0 and where a descriptor has no target.
    terms : the same as tables of the compiled kernel, the lags padded to a multiple of `LANES`.
    reach : margins of the lattice: of rows and columns, and of the plane downwards and rightwards.
    """

    names: tuple[str, ...]
    shape: tuple[int, int]
    boundary: str
    n_lags: int
    channels: tuple[Channel, ...]
    weight: np.ndarray
    terms: Terms
    reach: tuple[int, int, int]

    def counts(self, image: np.ndarray) -> np.ndarray:
        """Count the image (H, W) afresh: int64 (channels, padded lags)."""
        primitives = {p for channel in self.channels for p in channel.primitives}
        counted = count(image[None], primitives, self.boundary, self.n_lags)
        counts = np.zeros((len(self.channels), self.terms.weight.shape[1]), np.int64)
        for row, channel in zip(counts, self.channels, strict=True):
            row[: self.n_lags] = sum(counted[p][0] for p in channel.primitives)
        return counts

    def padded(self, curves: np.ndarray) -> np.ndarray:
        """Curves (curves, n_lags) as the kernel takes them: 0 where there is no target."""
        padded = np.zeros_like(self.terms.weight)
        padded[:, : self.n_lags] = np.where(self.weight > 0, curves, 0.0)
        return padded

    def lattice(self, image: np.ndarray) -> Lattice:
        """The copies of the image (H, W) that the kernel works on."""
        margin, down, right = self.reach
        periodic = self.boundary == "periodic"
        mode = "wrap" if periodic else "constant"
        sides = (0, 0), (margin, margin)
        plane = np.zeros((0, 0), np.uint8)
        if len(self.terms.ray_offsets):
            plane = np.pad(image, ((down, down), (right, right)), mode)
        return Lattice(
            np.pad(image, sides, mode),
            np.pad(np.ascontiguousarray(image.T), sides, mode),
            plane,
            np.array([*image.shape, margin, down, right, periodic], np.int64),
        )

    def of_one_count(self) -> np.ndarray:
        """Squared error of one count too many, at each lag: float64 (curves, n_lags)."""
        first = self.terms.first_channel[:-1]
        return self.terms.coefficient[first, : self.n_lags] ** 2


def energy_of(
    has_target: Mapping[str, np.ndarray],
    shape: tuple[int, int],
    boundary: str,
    weights: Mapping[str, float],
) -> Energy:
    """Set up the energy of images of `shape` for the descriptors and lags that have a target.

    Parameters
    ----------
    has_target : by descriptor, bool (lags,).
    weights : of the descriptors; 1 where none is given.
    """
    names = tuple(has_target)
    n_lags = max(map(len, has_target.values()))
    weight = np.zeros((len(names), n_lags))
    channels, first_channel = [], [0]
    for row, (name, there) in zip(weight, has_target.items(), strict=True):
        there = np.pad(there, (0, n_lags - len(there)))
        there = there & (origins(name, shape, boundary, n_lags) > 0)
        there[0] = False
        row[there] = weights.get(name, 1.0)
        channels += _channels(name, shape, boundary, there)
        first_channel.append(len(channels))
    terms, (down, right) = _tables(channels, first_channel, weight, shape)
    margin = terms.weight.shape[1]
    return Energy(
        names, shape, boundary, n_lags, tuple(channels), weight, terms, (margin, down, right)
    )


def _channels(name, shape, boundary, there) -> list[Channel]:
    kind, primitives = LINES.get(name, (POLYTOPE, (name,)))
    square = shape[0] == shape[1]
    # Rows and columns of a square have as many origins: their sum is the mean, but for a factor.
    groups = [primitives] if square else [(primitive,) for primitive in primitives]
    channels = []
    for group in groups:
        ends = [p.replace("L", "S2") for p in group]
        n_origins = sum(origins(p, shape, boundary, len(there)) for p in ends)
        share = np.where(there, len(group) / len(primitives), 0.0)
        channels.append(Channel(kind, group, share / np.maximum(n_origins, 1)))
    return channels


def _tables(channels: Sequence[Channel], first_channel, weight, shape):
    """The kernel's tables, and how far rays reach in the plane: down and right."""
    n_lags = -(-weight.shape[1] // LANES) * LANES
    rays, term_rays, first_term = {}, [], [0]
    for channel in channels:
        if channel.kind == POLYTOPE:
            for vertex_rays in _rays(channel, n_lags):
                keys = [ray.tobytes() for ray in vertex_rays]
                rays.update(zip(keys, vertex_rays, strict=True))
                term_rays.append(keys)
        first_term.append(len(term_rays))
    index = {key: i for i, key in enumerate(rays)}
    offsets = np.array(list(rays.values()), np.int64).reshape(-1, n_lags, 2)
    down, right = (int(np.abs(offsets[..., i]).max(initial=0)) for i in range(2))
    most = max(map(len, term_rays), default=1)
    table = np.zeros((len(term_rays), most), np.int64)
    for row, keys in zip(table, term_rays, strict=True):
        row[: len(keys)] = [index[key] for key in keys]
    lines = [channel.primitives if channel.kind != POLYTOPE else () for channel in channels]
    terms = Terms(
        kind=np.array([channel.kind for channel in channels]),
        in_rows=np.array([any(p.endswith("H") for p in line) for line in lines]),
        in_columns=np.array([any(p.endswith("V") for p in line) for line in lines]),
        first_term=np.array(first_term),
        term_rays=table,
        rays_of_term=np.array([len(keys) for keys in term_rays], np.int64),
        ray_offsets=offsets[..., 0] * (shape[1] + 2 * right) + offsets[..., 1],
        first_channel=np.array(first_channel),
        coefficient=_pad_lags([channel.coefficient for channel in channels], n_lags),
        weight=_pad_lags(weight, n_lags),
    )
    return terms, (down, right)


def _rays(channel: Channel, n_lags: int) -> list[list[np.ndarray]]:
    """Where the other vertices lie as seen from each vertex: offsets int64 (n_lags, 2) each.

    At lags without a target they are 0: the pixel itself, which is 0 while it is counted.
    """
    polytope = POLYTOPES[channel.primitives[0]]
    vertices = np.array([polytope(r) for r in range(len(channel.coefficient))], np.int64)
    vertices[channel.coefficient == 0] = 0
    vertices = np.pad(vertices, ((0, n_lags - len(vertices)), (0, 0), (0, 0)))
    n_vertices = vertices.shape[1]
    return [
        [vertices[:, other] - vertices[:, here] for other in range(n_vertices) if other != here]
        for here in range(n_vertices)
    ]


def _pad_lags(rows, n_lags: int) -> np.ndarray:
    rows = np.array(rows, float)
    return np.pad(rows, ((0, 0), (0, n_lags - rows.shape[1])))

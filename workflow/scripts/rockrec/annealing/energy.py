"""The energy of an image (Amiri et al. 2023, Eq. 3): what is counted, and what it is held to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..descriptors import NAMES, origins
from ..descriptors.counting import count
from ..descriptors.polytopes import POLYTOPES
from .kernels import CHORDS, FOLD, PAIRS, TUPLES, Lattice, Terms
from .lattice import DIRECTIONS, lattice_of, layout

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
    terms : the same as tables of the compiled kernel, the lags padded to a multiple of `FOLD`.
    copies : the lattice that they are read from, see `layout`.
    """

    names: tuple[str, ...]
    shape: tuple[int, int]
    boundary: str
    n_lags: int
    channels: tuple[Channel, ...]
    weight: np.ndarray
    terms: Terms
    copies: np.ndarray

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
        return lattice_of(image, self.copies, self.boundary == "periodic")

    def curves(self, counts: np.ndarray) -> np.ndarray:
        """Curves (curves, n_lags) of counts (channels, padded lags); 0 without a target."""
        worth = (self.terms.coefficient * counts)[:, : self.n_lags]
        return np.add.reduceat(worth, self.terms.first_channel[:-1])

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
    terms, copies = _tables(channels, first_channel, weight, shape, boundary)
    return Energy(names, shape, boundary, n_lags, tuple(channels), weight, terms, copies)


def _channels(name, shape, boundary, there) -> list[Channel]:
    kind, primitives = LINES.get(name, (TUPLES, (name,)))
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


def _tables(channels: Sequence[Channel], first_channel, weight, shape, boundary):
    """The kernel's tables, and the copies of the image that its rays lie in."""
    n_lags = -(-weight.shape[1] // FOLD) * FOLD
    line_rays, slanted_rays, terms_of = {}, {}, [[] for _ in channels]
    for channel, terms in zip(channels, terms_of, strict=True):
        for rays in _rays(channel, n_lags) if channel.kind == TUPLES else ():
            terms.append([_entered(*ray, line_rays, slanted_rays) for ray in rays])
    index = {key: i for i, key in enumerate([*line_rays, *slanted_rays])}
    terms = [[index[key] for key in keys] for terms in terms_of for keys in terms]

    offsets = np.array(list(slanted_rays.values()), np.int64).reshape(-1, n_lags, 2)
    down, right = (int(np.abs(offsets[..., i]).max(initial=0)) for i in range(2))
    margin = n_lags
    if boundary == "periodic" and any(channel.kind == CHORDS for channel in channels):
        margin = max(n_lags, *shape)  # a chord may go all the way round
    copies = layout(
        shape,
        8 if any(k > 3 for k in line_rays) else 4,
        margin,
        (down, right) if len(offsets) else None,
    )
    lines = [channel.primitives if channel.kind != TUPLES else () for channel in channels]
    most = max(map(len, terms), default=1)
    return Terms(
        kind=np.array([channel.kind for channel in channels]),
        in_rows=np.array([any(p.endswith("H") for p in line) for line in lines]),
        in_columns=np.array([any(p.endswith("V") for p in line) for line in lines]),
        first_term=np.cumsum([0, *map(len, terms_of)]),
        term_rays=np.array([t + [0] * (most - len(t)) for t in terms], np.int64).reshape(-1, most),
        rays_of_term=np.array([len(t) for t in terms], np.int64),
        line_rays=np.array(list(line_rays), np.int64),
        slanted_rays=offsets[..., 0] * (shape[1] + 2 * right) + offsets[..., 1],
        first_channel=np.array(first_channel),
        coefficient=_pad_lags([channel.coefficient for channel in channels], n_lags),
        weight=_pad_lags(weight, n_lags),
    ), copies


def _rays(channel: Channel, n_lags: int):
    """Where the other vertices lie as seen from each vertex: offsets int64 (n_lags, 2) each.

    With each ray comes the direction of the line that it follows, or None. Lags without a target
    do not matter; there the offsets are 0.
    """
    there = np.pad(channel.coefficient > 0, (0, n_lags - len(channel.coefficient)))
    lags = np.arange(n_lags)
    vertices = np.array([POLYTOPES[channel.primitives[0]](r) for r in lags], np.int64)
    vertices[~there] = 0
    straight = {
        np.where(there[:, None], lags[:, None] * step, 0).tobytes(): direction
        for direction, step in enumerate(DIRECTIONS)
    }
    for here in range(vertices.shape[1]):
        others = np.delete(vertices, here, axis=1) - vertices[:, [here]]
        rays = [np.ascontiguousarray(others[:, k]) for k in range(others.shape[1])]
        yield [(ray, straight.get(ray.tobytes())) for ray in rays]


def _entered(ray, direction, line_rays, slanted_rays):
    """Enter a ray among those of its sort, unless it is there; return what it is known by."""
    if direction is not None:
        return line_rays.setdefault(direction, direction)
    slanted_rays.setdefault(ray.tobytes(), ray)
    return ray.tobytes()


def _pad_lags(rows, n_lags: int) -> np.ndarray:
    rows = np.array(rows, float)
    return np.pad(rows, ((0, 0), (0, n_lags - rows.shape[1])))

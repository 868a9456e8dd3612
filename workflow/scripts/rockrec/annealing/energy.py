"""The energy of an image (Amiri et al. 2023, Eq. 3): what is counted, and what it is held to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rockrec.annealing.kernels import (
    CHORDS,
    CLUSTERS,
    DIAGONALS,
    EDGES,
    EULER,
    PAIRS,
    TUPLES,
)
from rockrec.annealing.lattice import Lattice, lattice_of
from rockrec.annealing.tables import Channel, Terms, tables_of
from rockrec.annealing.windows import count_windows
from rockrec.descriptors import NAMES, origins
from rockrec.descriptors.counting import count

# Primitives counted along rows (..H) and columns (..V); a mean of both where there are two.
LINES = {
    "S2": (PAIRS, ("S2H", "S2V")),
    "S2H": (PAIRS, ("S2H",)),
    "S2V": (PAIRS, ("S2V",)),
    "L": (CHORDS, ("LH", "LV")),
    "C2": (CLUSTERS, ("C2H", "C2V")),
}
# Numbers of a whole tile, per pixel: what is counted of neighbouring pixels, and what one of each
# count is worth. They stand at lag 1 of their curve.
WHOLE = {
    "euler_number": ((EULER, 1.0),),
    "perimeter": ((EDGES, np.pi / 8), (DIAGONALS, np.pi / 8 / np.sqrt(2))),
}
# Their weight beside that of a curve's lag, so that they are met as curves are: on fractures of
# 64 px to a count, and the curves no worse than without.
STRESS = {"euler_number": 1000.0, "perimeter": 100.0}
TARGETS = (*NAMES, *WHOLE)


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
        primitives = {p for channel in self.channels for p in channel.primitives if p not in WHOLE}
        reach = min(self.n_lags, min(self.shape) // 2)
        counted = count(image[None], primitives, self.boundary, reach)
        counts = np.zeros((len(self.channels), self.terms.weight.shape[1]), np.int64)
        for row, channel in zip(counts, self.channels, strict=True):
            if channel.primitives[0] in WHOLE:
                row[1] = count_windows(channel.kind, image, self.boundary)
                continue
            row[:reach] = sum(counted[p][0] for p in channel.primitives)
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
        if name not in WHOLE:
            there = there & (_origins(name, shape, boundary, n_lags) > 0)
        there[0] = False
        row[there] = weights.get(name, 1.0) * STRESS.get(name, 1.0)
        channels += _channels(name, shape, boundary, there)
        first_channel.append(len(channels))
    terms, copies = tables_of(channels, first_channel, weight, shape, boundary)
    return Energy(names, shape, boundary, n_lags, tuple(channels), weight, terms, copies)


def _origins(name, shape, boundary, n_lags) -> np.ndarray:
    """Origins at each lag, 0 at those that an image does not allow."""
    reach = min(n_lags, min(shape) // 2)
    return np.pad(origins(name, shape, boundary, reach), (0, n_lags - reach))


def _channels(name, shape, boundary, there) -> list[Channel]:
    if name in WHOLE:
        return [
            Channel(kind, (name,), np.where(there, worth / (shape[0] * shape[1]), 0.0))
            for kind, worth in WHOLE[name]
        ]
    kind, primitives = LINES.get(name, (TUPLES, (name,)))
    square = shape[0] == shape[1]
    # Rows and columns of a square have as many origins: their sum is the mean, but for a factor.
    groups = [primitives] if square else [(primitive,) for primitive in primitives]
    channels = []
    for group in groups:
        ends = [p.replace("L", "S2").replace("C2", "S2") for p in group]
        n_origins = sum(_origins(p, shape, boundary, len(there)) for p in ends)
        share = np.where(there, len(group) / len(primitives), 0.0)
        channels.append(Channel(kind, group, share / np.maximum(n_origins, 1)))
    return channels

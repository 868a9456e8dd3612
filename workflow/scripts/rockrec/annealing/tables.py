"""What is to be counted, as the tables that the compiled kernel reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rockrec.annealing.kernels import CHORDS, FOLD, TUPLES
from rockrec.annealing.lattice import DIRECTIONS, layout
from rockrec.descriptors.polytopes import POLYTOPES


class Terms(NamedTuple):
    """What is counted, and how the counts become curves and the curves an energy.

    A curve is the sum of its channels' counts, each times its coefficient. Pairs and chords are
    counted along lines, a channel's own or several channels'. A polytope's channel has a term
    for each vertex that the changed pixel can be: the rays on which, seen from that vertex, all
    other vertices lie. Rays along a line of pixels come first, those across the plane follow.

    The kernel knows the fields by their order.
    """

    kind: np.ndarray  # int64 (channels,): PAIRS, CHORDS or TUPLES
    in_rows: np.ndarray  # bool (channels,): pairs and chords are counted along rows
    in_columns: np.ndarray  # bool (channels,)
    first_term: np.ndarray  # int64 (channels + 1,): terms of each channel
    term_rays: np.ndarray  # int64 (terms, most rays)
    rays_of_term: np.ndarray  # int64 (terms,)
    line_rays: np.ndarray  # int64 (rays along a line,): the copy of the image to read
    slanted_rays: np.ndarray  # int64 (other rays, lags): offsets from the pixel, in the last copy
    first_channel: np.ndarray  # int64 (curves + 1,): channels of each curve
    coefficient: np.ndarray  # float64 (channels, lags)
    weight: np.ndarray  # float64 (curves, lags)


@dataclass(frozen=True)
class Channel:
    """Counts that change together: primitives whose sum is counted, and what one count is worth."""

    kind: int
    primitives: tuple[str, ...]
    coefficient: np.ndarray  # float64 (lags,)


def tables_of(
    channels: Sequence[Channel],
    first_channel: Sequence[int],
    weight: np.ndarray,
    shape: tuple[int, int],
    boundary: str,
) -> tuple[Terms, np.ndarray]:
    """The kernel's tables, and the layout of the copies of the image that its rays lie in.

    Parameters
    ----------
    channels : of all curves, one after another; curve f has those from ``first_channel[f]`` to
        before ``first_channel[f + 1]``.
    weight : float64 (curves, lags).
    """
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
    tables = Terms(
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
    )
    return tables, copies


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

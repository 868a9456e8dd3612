"""The best match of each tile in other tiles, over all shifts with half of the tile in common."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2

TURNS = {
    "identity": lambda tiles: tiles,
    "turn_90": lambda tiles: np.rot90(tiles, 1, (-2, -1)),
    "turn_180": lambda tiles: np.rot90(tiles, 2, (-2, -1)),
    "turn_270": lambda tiles: np.rot90(tiles, 3, (-2, -1)),
    "mirror": lambda tiles: tiles[..., ::-1],
    "mirror_turn_90": lambda tiles: np.rot90(tiles[..., ::-1], 1, (-2, -1)),
    "mirror_turn_180": lambda tiles: np.rot90(tiles[..., ::-1], 2, (-2, -1)),
    "mirror_turn_270": lambda tiles: np.rot90(tiles[..., ::-1], 3, (-2, -1)),
}
COARSE = 32  # px, about the side at which matches are sought
PAIRS_AT_ONCE, TILES_AT_ONCE = 2048, 64


class Match(NamedTuple):
    """Where a tile is found: T(row, column) = original(row + down, column + right).

    score : sqrt(overlap) artanh(correlation), which a small overlap or a loose match lowers.
    original : number of the tile that it is found in.
    turn : what has to be done to the tile first, see `TURNS`.
    down, right : shift, px.
    """

    score: float
    original: int
    turn: str
    down: int
    right: int


def best_matches(
    tiles: np.ndarray,
    originals: np.ndarray,
    turns: Iterable[str] = ("identity",),
    same: bool = False,
) -> list[Match]:
    """Find each tile where it fits best in any of the originals.

    The correlation coefficient of the pixels that both have in common is taken for every shift
    (by FFT) of the tiles reduced to about `COARSE` px; the best match is then refined up to full
    resolution. Where they have less to show than half the variance of the originals, it is
    lowered: any two corners with a speck in the middle look alike.

    Parameters
    ----------
    tiles, originals : (n, size, size) and (m, size, size) uint8 0/1.
    turns : flips and turns of the tiles to be tried.
    same : the originals are the tiles: a tile is not sought in itself.
    """
    coarse = [_coarse(stack) for stack in (tiles, originals)]
    factor = tiles.shape[1] // coarse[0].shape[1]
    phi = originals.mean()
    least_variance = max(phi * (1 - phi) / 2, 1e-6)
    best = [Match(-np.inf, 0, "identity", 0, 0)] * len(tiles)
    step = max(PAIRS_AT_ONCE // len(tiles), 1)
    for turn in turns:
        search = _Search(TURNS[turn](coarse[0]), least_variance)
        for start in range(0, len(originals), step):
            others = coarse[1][start : start + step]
            fit, number, down, right = search.best_in(others, start if same else None)
            for i in np.flatnonzero(fit > [match.score for match in best]):
                original, shift = start + int(number[i]), (int(down[i]), int(right[i]))
                best[i] = Match(float(fit[i]), original, turn, *shift)
    return [
        _refined(TURNS[match.turn](tile), originals[match.original], match, factor, least_variance)
        for tile, match in zip(tiles, best, strict=True)
    ]


class _Search:
    """Tiles, ready to be correlated with others at every shift of up to half a side."""

    def __init__(self, tiles: np.ndarray, least_variance: float):
        tiles = np.ascontiguousarray(tiles, np.float32)
        self.size = size = tiles.shape[1]
        self.reach = size // 2
        self.padded = next_fast_len(size + self.reach, real=True)
        common = size - abs(np.arange(-self.reach, self.reach + 1))
        self.common = np.outer(common, common).astype(np.float32)
        self.least_spread = np.float32(least_variance) * self.common
        enough = self.common >= size * size / 2
        self.weight = np.where(enough, np.sqrt(self.common) / size, 0).astype(np.float32)
        self.spectra = np.conj(self._spectra(tiles))
        # The overlap of a tile lies at the opposite shift.
        self.mean, self.spread = (
            np.ascontiguousarray(part[:, None, ::-1, ::-1]) for part in self._in_overlap(tiles)
        )

    def best_in(self, others: np.ndarray, same_from: int | None) -> tuple[np.ndarray, ...]:
        """Find for each tile which of the others fits it best, and at which shift.

        Returns
        -------
        Correlation times sqrt(overlap), number of the other, row and column shifts: (n,) each.
        """
        others = np.ascontiguousarray(others, np.float32)
        products = irfft2(self.spectra[:, None] * self._spectra(others), s=(self.padded,) * 2)
        products = np.roll(products, (self.reach, self.reach), (2, 3))
        fit = products[:, :, : 2 * self.reach + 1, : 2 * self.reach + 1]
        mean, spread = self._in_overlap(others)
        fit = fit - self.mean * mean
        fit /= np.maximum(self.spread * spread, self.least_spread)
        fit *= self.weight
        if same_from is not None:
            at = np.arange(len(others))
            fit[same_from + at, at] = -np.inf
        fit = fit.reshape(len(fit), -1)
        best = fit.argmax(axis=1)
        side = 2 * self.reach + 1
        number, down, right = np.unravel_index(best, (len(others), side, side))
        return fit[np.arange(len(best)), best], number, down - self.reach, right - self.reach

    def _spectra(self, tiles: np.ndarray) -> np.ndarray:
        return rfft2(tiles, s=(self.padded,) * 2)

    def _in_overlap(self, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation, times sqrt(pixels), where a shifted tile would cover."""
        sums, squares = self._sums(tiles), self._sums(tiles**2)
        mean = sums / np.sqrt(self.common)
        return mean, np.sqrt(np.maximum(squares - mean**2, 0))

    def _sums(self, tiles: np.ndarray) -> np.ndarray:
        table = np.zeros((len(tiles), self.size + 1, self.size + 1), np.float32)
        table[:, 1:, 1:] = tiles.cumsum(axis=1).cumsum(axis=2)
        shifts = np.arange(-self.reach, self.reach + 1)
        first, end = np.maximum(shifts, 0), np.minimum(shifts, 0) + self.size
        rows = table[:, end] - table[:, first]
        return rows[:, :, end] - rows[:, :, first]


def _coarse(tiles: np.ndarray) -> np.ndarray:
    """All tiles reduced to about `COARSE` px, some at a time: a stack may be large."""
    parts = [_halved(tiles[i : i + TILES_AT_ONCE]) for i in range(0, len(tiles), TILES_AT_ONCE)]
    return np.concatenate(parts)


def _halved(tiles: np.ndarray, least: int = COARSE) -> np.ndarray:
    """Area means over 2 x 2 px, again and again down to `least` px or an odd side: float32."""
    tiles = np.asarray(tiles, np.float32)
    while tiles.shape[-1] % 2 == 0 and tiles.shape[-1] // 2 >= least:
        tiles = tiles.reshape(len(tiles), tiles.shape[1] // 2, 2, -1, 2).mean(axis=(2, 4))
    return tiles


def _refined(
    tile: np.ndarray, original: np.ndarray, match: Match, factor: int, least_variance: float
) -> Match:
    """The match of `tile`, turned already, at full resolution, from coarse to fine."""
    down, right = match.down, match.right
    while factor > 1:
        factor //= 2
        side = tile.shape[0] // factor
        pair = [_halved(image[None], side)[0] for image in (tile, original)]
        near = [(2 * down + i, 2 * right + j) for i in range(-2, 3) for j in range(-2, 3)]
        down, right = max(near, key=lambda shift: _score_at(*pair, *shift, least_variance))
    score = _score_at(tile, original, down, right, least_variance)
    return match._replace(score=score, down=down, right=right)


def _score_at(
    tile: np.ndarray, original: np.ndarray, down: int, right: int, least_variance: float
) -> float:
    """Score of a tile on an original at one shift."""
    size = len(tile)
    a = tile[max(-down, 0) : size - max(down, 0), max(-right, 0) : size - max(right, 0)]
    b = original[max(down, 0) : size - max(-down, 0), max(right, 0) : size - max(-right, 0)]
    correlation = np.mean((a - a.mean()) * (b - b.mean())) / max(a.std() * b.std(), least_variance)
    return float(np.sqrt(a.size) / size * np.arctanh(np.clip(correlation, -0.999, 0.999)))

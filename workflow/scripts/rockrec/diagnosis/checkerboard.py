"""Checkerboard: a pattern locked to the pixel lattice, at the periods that upsampling makes.

Both checks read Fourier coefficients of the tapered tile at the frequencies k / 16. Those hold
the same as the phase fraction by pixel position modulo 2, 4, 8 and 16, but each has a noise of
its own: that of the rock falls off towards high frequencies, where these patterns mostly are.
"""

import numpy as np

from rockrec.diagnosis.findings import Check, Finding
from rockrec.diagnosis.splits import MeanBand

PERIODS = (2, 4, 8, 16)  # px
APART = 2  # bins between a frequency and its neighbours: the half-width of the taper's peak


def checkerboard_phase(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check of the phase fraction by pixel position modulo 2, 4, 8, 16.

    Rock knows nothing of the lattice, so that the phase of each coefficient is random from tile
    to tile and the mean is 0. The value is the largest studentised difference of a mean
    coefficient (its cosine or sine) from that of the real tiles.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    size = train.shape[1]
    rows, columns = _frequencies(size)

    def coefficients(tiles: np.ndarray) -> np.ndarray:
        at = _spectrum(tiles)[:, rows, columns] / size**2
        return np.concatenate([at.real, at.imag], axis=1)

    band = MeanBand(coefficients(train), splits)

    def check(generated: np.ndarray) -> Finding:
        value, at = band.largest(coefficients(generated))
        where = _in_words(rows, columns, at % len(rows), size)
        return Finding("checkerboard_phase", value, band.threshold, where)

    return check


def checkerboard_power(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check of spectral power at these frequencies against their neighbours.

    It also sees patterns whose position changes from tile to tile. The value is the largest
    studentised excess, over the real tiles, of the power less that of the eight neighbours. Of
    each power, over the variance of the tile, the cube root is taken: it is nearly normal.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    size = train.shape[1]
    rows, columns = _frequencies(size)
    steps = [(i, j) for i in (-APART, 0, APART) for j in (-APART, 0, APART) if i or j]

    def prominence(tiles: np.ndarray) -> np.ndarray:
        variance = np.maximum(tiles.var(axis=(1, 2), keepdims=True), 1 / size**2)
        roots = np.cbrt(np.abs(_spectrum(tiles)) ** 2 / variance)
        beside = [roots[:, (rows + i) % size, (columns + j) % size] for i, j in steps]
        return roots[:, rows, columns] - np.mean(beside, axis=0)

    band = MeanBand(prominence(train), splits, size=lambda excess: excess)

    def check(generated: np.ndarray) -> Finding:
        value, at = band.largest(prominence(generated))
        where = _in_words(rows, columns, at, size)
        return Finding("checkerboard_power", value, band.threshold, where)

    return check


def _spectrum(tiles: np.ndarray) -> np.ndarray:
    """Discrete Fourier transform of each tile less its mean, under a Hann taper."""
    size = tiles.shape[1]
    taper = np.sin(np.pi * (np.arange(size) + 0.5) / size) ** 2
    centred = tiles - tiles.mean(axis=(1, 2), keepdims=True)
    return np.fft.fft2(centred * taper[:, None] * taper)


def _frequencies(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Bins (rows, columns) of the frequencies, one of each pair f and -f.

    Only periods that the tile holds at least four times, so that neighbours can be told apart.
    """
    longest = max(period for period in PERIODS if size % period == 0 and size // period >= 4)
    k = np.arange(longest)
    i, j = (grid.ravel() for grid in np.meshgrid(k, k, indexing="ij"))
    opposite = (-i % longest) * longest + (-j % longest)
    chosen = (i * longest + j <= opposite) & (i + j > 0)
    return i[chosen] * size // longest, j[chosen] * size // longest


def _in_words(rows: np.ndarray, columns: np.ndarray, at: int, size: int) -> str:
    period = size // np.gcd.reduce([rows[at], columns[at], size])
    cycles = [min(bin, size - bin) / size for bin in (rows[at], columns[at])]
    return f"period {period} px, {cycles[0]:g} down and {cycles[1]:g} across cycles/px"

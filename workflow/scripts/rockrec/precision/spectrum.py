"""How much the mean of a stationary field varies, by its spectrum at the frequency 0.

The variance of a mean over an area A is the integral of the autocovariance, weighted by how often
each lag fits, over A; that integral is the field's power spectrum at the frequency 0 (Lu and
Torquato 1990; Cressie 1993). Its lowest frequencies estimate it with known noise. They do not see
the mean, so that its own error takes nothing from them, as it does from an integral of
S2 - φ² with the mosaic's φ.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# Frequencies, of a half plane, whose power is extrapolated to 0, and the fewest that will do.
FREQUENCIES, FEWEST = 60, 12
HIGHEST = 0.45  # cycles per cell: what is more frequent the cells do not tell
UNBLURRED = 0.7  # cycles per window: what is more frequent a window averages away
SEEN = 0.4  # least share of a frequency's power that is left when mean and trend are taken out
ITERATIONS = 30


@dataclass(frozen=True)
class Spectrum:
    """Fields on the cells of one mosaic, each split into its mean, its trends and what remains.

    Attributes
    ----------
    mean : (n,) of the fields over what is weighted.
    trends : (n, 2) coefficients along rows and columns (down, and to the right) on functions of
        unit norm under the weights, each of variance `at_zero` where the field is stationary.
    per_side : the field's change from one side of the mosaic to the other for a coefficient of 1.
    at_zero : (n,) spectrum at the frequency 0; the mean's variance is `at_zero` / `weight`.
    freedom : degrees of freedom of `at_zero`, as of a scaled χ².
    weight : sum of the weights.
    """

    mean: np.ndarray
    trends: np.ndarray
    per_side: np.ndarray
    at_zero: np.ndarray
    freedom: float
    weight: float

    @property
    def variance(self) -> np.ndarray:
        """Variance of the means, (n,)."""
        return self.at_zero / self.weight


class Cells:
    """The cells of a mosaic, and what of it counts in each.

    Parameters
    ----------
    weights : (rows, columns) how much of each cell counts, 0 for what is outside.
    with_trends : also take a trend along each axis out of what the spectrum is of.
    window : side of what is averaged in a cell, in steps from one cell to the next.

    Raises
    ------
    ValueError : fewer frequencies than `FEWEST` can be told, or nothing counts.
    """

    def __init__(self, weights: np.ndarray, with_trends: bool = False, window: float = 1.0):
        self.weights = np.asarray(weights, float)
        self._highest = min(HIGHEST, UNBLURRED / window)
        if not self.weights.any():
            raise ValueError("no cell counts")
        self._with_trends = with_trends
        if len(self._design) < FEWEST:
            raise ValueError(f"{len(self._design)} frequencies, {FEWEST} are needed")

    @cached_property
    def _functions(self) -> np.ndarray:
        """Constant and trends, orthonormal under the weights, (1 or 3, rows, columns)."""
        rows, columns = (np.linspace(-0.5, 0.5, n) for n in self.weights.shape)
        root = np.sqrt(self.weights)
        functions = [np.ones_like(root)]
        if self._with_trends:
            functions += [np.broadcast_to(rows[:, None], root.shape), root * 0 + columns]
        flat = np.stack([(root * one).ravel() for one in functions], axis=1)
        q, r = np.linalg.qr(flat)
        q = (q * np.sign(np.diag(r))).T.reshape(-1, *root.shape)
        return np.divide(q, root, out=np.zeros_like(q), where=root > 0)

    @cached_property
    def _chosen(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """Where the lowest frequencies stand in a half plane, their share, squares, overlap."""
        down, right = self.weights.shape
        total = self.weights.sum()
        ky, kx = np.fft.fftfreq(down)[:, None], np.fft.rfftfreq(right)[None]
        squared = ky**2 + kx**2
        taken = (np.abs(np.fft.rfft2(self.weights * self._functions)) ** 2).sum(axis=0)
        share = 1 - taken / total
        half = (kx > 0) | (ky > 0)
        usable = half & (share > SEEN) & (np.abs(ky) < self._highest) & (kx < self._highest)
        # Where much is outside, neighbouring frequencies tell the same.
        filled = (self.weights.sum() ** 2 / (self.weights**2).sum()) / self.weights.size
        wanted = min(int(round(FREQUENCIES / filled)), int(usable.sum()))
        order = np.argsort(np.where(usable, squared, np.inf), axis=None, kind="stable")[:wanted]
        return order, share.ravel()[order], squared.ravel()[order], filled

    @cached_property
    def _design(self) -> np.ndarray:
        _, _, squared, _ = self._chosen
        if not len(squared):
            return np.empty((0, 2))
        return np.stack([np.ones_like(squared), squared / squared.max()], axis=1)

    def spectrum(self, sums: np.ndarray) -> Spectrum:
        """Return the spectrum of fields at 0.

        Parameters
        ----------
        sums : (n, rows, columns) of each cell the sum of the field over what counts.
        """
        functions, weights = self._functions, self.weights
        sums = np.asarray(sums, float)
        coefficients = np.tensordot(sums, functions, axes=([1, 2], [1, 2]))
        rest = sums - weights * np.tensordot(coefficients, functions, axes=1)
        order, share, _, filled = self._chosen
        total = weights.sum()
        power = np.abs(np.fft.rfft2(rest).reshape(len(sums), -1)[:, order]) ** 2
        at_zero, leverage = _extrapolated(power / (total * share), self._design)
        reach = np.ptp(functions[1:].reshape(-1, weights.size), axis=1)
        return Spectrum(
            mean=coefficients[:, 0] / np.sqrt(total),
            trends=coefficients[:, 1:],
            per_side=reach,
            at_zero=at_zero,
            freedom=2 / leverage * filled,
            weight=total,
        )


def _extrapolated(power: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit log f = a + b·k² to powers of mean f, exponentially distributed; f(0) and Var(a).

    By Whittle's likelihood (a gamma regression with a logarithmic link): Fisher's scoring.
    """
    normal = np.linalg.inv(design.T @ design)
    fitted = np.zeros(len(power))
    told = power.mean(axis=1) > 0
    power = power[told]
    mean = power.mean(axis=1, keepdims=True)
    beta = np.zeros((len(power), design.shape[1]))
    for _ in range(ITERATIONS):
        log = np.clip(beta @ design.T, -30, 30)
        step = (power / mean * np.exp(-log) - 1) @ design @ normal
        beta += np.clip(step, -1.0, 1.0)
    fitted[told] = mean[:, 0] * np.exp(np.clip(beta[:, 0], -30, 30))
    return fitted, normal[0, 0]

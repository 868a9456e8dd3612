"""What an annealing begins with: pixels at random, a Gaussian field, or an image that is given."""

import numpy as np
from scipy.special import ndtri


def random_start(shape: tuple[int, int], n_pixels: int, rng: np.random.Generator) -> np.ndarray:
    """Image (H, W) of 0/1 with `n_pixels` of 1 at random."""
    image = np.zeros(shape[0] * shape[1], np.uint8)
    image[rng.permutation(image.size)[:n_pixels]] = 1
    return image.reshape(shape)


def gaussian_start(
    s2: np.ndarray, shape: tuple[int, int], n_pixels: int, rng: np.random.Generator
) -> np.ndarray:
    """A Gaussian field, cut at the level that `n_pixels` are above, whose S2 is near `s2`.

    The correlation of the field is that whose cut has `s2` (Quiblier 1984), the same in all
    directions; where no field has it, the nearest.

    Parameters
    ----------
    s2 : float64 (lags,), from lag 0 on.
    """
    image = np.zeros(shape[0] * shape[1], np.uint8)
    phi = n_pixels / image.size
    if not 0 < phi < 1:
        return (image + (phi == 1)).astype(np.uint8).reshape(shape)
    correlation = _correlation(s2, phi)
    rows, columns = (np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n)) for n in shape)
    lags = np.hypot(rows[:, None], columns)
    covariance = np.interp(lags, np.arange(len(correlation)), correlation, right=0.0)
    power = _nearest_power(np.fft.fft2(covariance).real)
    noise = np.fft.fft2(rng.standard_normal(covariance.shape))
    field = np.fft.ifft2(np.sqrt(power) * noise).real[: shape[0], : shape[1]]
    image[np.argsort(-field.ravel(), kind="stable")[:n_pixels]] = 1
    return image.reshape(shape)


def _nearest_power(power: np.ndarray) -> np.ndarray:
    """The nearest power that is nowhere negative and has the same sum."""
    falling, n = -np.sort(-power, axis=None), np.arange(1, power.size + 1)
    excess = (np.cumsum(falling) - power.sum()) / n
    return np.maximum(power - excess[np.flatnonzero(falling > excess)[-1]], 0.0)


def _correlation(s2: np.ndarray, phi: float) -> np.ndarray:
    """Correlation of a Gaussian field, by the S2 that it has above the level of `phi`."""
    level = ndtri(1 - phi)
    steps = np.linspace(-1, 1, 4001)
    middle = (steps[1:] + steps[:-1]) / 2
    density = np.exp(-(level**2) / (1 + middle)) / (2 * np.pi * np.sqrt(1 - middle**2))
    pairs = np.concatenate([[0.0], np.cumsum(density * np.diff(steps))])
    pairs += phi**2 - np.interp(0.0, steps, pairs)
    return np.interp(np.nan_to_num(s2, nan=phi**2), pairs, steps)


def with_pixels(image: np.ndarray, n_pixels: int, rng: np.random.Generator) -> np.ndarray:
    """Grow or shrink the phase of an image (H, W) at its interface until it has `n_pixels`.

    A pixel of the interface at random, layer by layer; in an image of one phase anywhere.
    """
    image = image.copy()
    while (missing := n_pixels - int(image.sum())) != 0:
        value = 0 if missing > 0 else 1  # of the pixels to be changed
        sites = np.flatnonzero(_at_interface(image) & (image == value))
        if not len(sites):
            sites = np.flatnonzero(image == value)
        image.flat[rng.permutation(sites)[: abs(missing)]] = 1 - value
    return image


def _at_interface(image: np.ndarray) -> np.ndarray:
    found = np.zeros(image.shape, bool)
    rows, columns = image[1:] != image[:-1], image[:, 1:] != image[:, :-1]
    found[1:] |= rows
    found[:-1] |= rows
    found[:, 1:] |= columns
    found[:, :-1] |= columns
    return found

"""Real tiles split in two, again and again: what two sets of one rock differ by.

`tiles` is everywhere an array (n, features), one tile in a row.
"""

from collections.abc import Callable

import numpy as np

from rockrec.diagnosis.findings import LEVEL

SPLITS = 2000


def draw_splits(n: int, n_generated: int, rng: np.random.Generator) -> np.ndarray:
    """Which of `n` real tiles form the first of two disjoint sets, at random, `SPLITS` times.

    The first set is to the second as a set of `n_generated` tiles is to all real ones (so that
    skewed features tell the same), but never the larger.

    Returns
    -------
    bool (SPLITS, n).
    """
    first = np.arange(n) < min(round(n * n_generated / (n + n_generated)), n // 2)
    return rng.permuted(np.tile(first, (SPLITS, 1)), axis=1)


def studentised(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Difference of the means of two sets over its standard error (Welch), (features,)."""
    both = np.concatenate([a, b])
    return studentised_splits(both, (np.arange(len(both)) < len(a))[None])[0]


def studentised_splits(tiles: np.ndarray, first: np.ndarray) -> np.ndarray:
    """`studentised` between the tiles of the first set and the others, (splits, features).

    0 where neither set varies nor differs.
    """
    difference, error = 0.0, 0.0
    for sign, chosen in ((1, first), (-1, ~first)):
        weights = chosen.astype(float)
        n = weights.sum(axis=1, keepdims=True)
        mean = weights @ tiles / n
        variance = np.maximum(weights @ tiles**2 / n - mean**2, 0) * n / np.maximum(n - 1, 1)
        difference = difference + sign * mean
        error = error + variance / n
    negligible = 1e-12 * (1 + np.abs(tiles).max(axis=0))
    difference = np.where(np.abs(difference) > negligible, difference, 0.0)
    return difference / np.sqrt(np.maximum(error, negligible**2))


class MeanBand:
    """Simultaneous band of real means: the largest studentised difference that splits reach.

    Parameters
    ----------
    train : features of real tiles.
    splits : see `draw_splits`.
    size : what makes a difference large, by default its absolute value.
    """

    def __init__(
        self,
        train: np.ndarray,
        splits: np.ndarray,
        size: Callable[[np.ndarray], np.ndarray] = np.abs,
    ):
        self.train, self.size = train, size
        # In parts, for all splits at once would take splits x features numbers several times.
        parts = np.array_split(splits, max(len(splits) * train.shape[1] // 2_000_000, 1))
        largest = [size(studentised_splits(train, part)).max(axis=1) for part in parts]
        self.threshold = upper_quantile(np.concatenate(largest))

    def largest(self, generated: np.ndarray) -> tuple[float, int]:
        """Return the largest difference of a set from the real tiles, and its feature."""
        sizes = self.size(studentised(generated, self.train))
        at = int(np.argmax(sizes))
        return float(sizes[at]), at


def upper_quantile(values: np.ndarray) -> float:
    """The value that a real set exceeds with the probability `LEVEL`."""
    return float(np.quantile(values, 1 - LEVEL))

"""Descriptors evaluated in order: no time is spent on high orders while a low one is off."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from rockrec.comparison.curves import mean_curve
from rockrec.comparison.errors import floor, mse
from rockrec.descriptors import FUNCTIONS, ORDER


class Evaluation(NamedTuple):
    """The error of P_n (L, C2) of one descriptor between two sets, and its floor."""

    function: str
    error: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.error / self.floor if self.floor > 0 else float("nan")


def evaluate_by_order(
    curves_of: Callable[[str], np.ndarray],
    real: Mapping[str, np.ndarray],
    functions: Iterable[str] = FUNCTIONS,
    limit: float = 3.0,
) -> Iterator[Evaluation]:
    """Yield the evaluation of one descriptor after another, and stop after one that is off.

    Parameters
    ----------
    curves_of : gives the curves (n, lags) of the reconstructed tiles for a function; it is
        asked only when that function's turn comes.
    real : curves of disjoint real tiles, by function.
    functions : taken by order, lower orders first; those without an order (L, C2) come last.
    limit : a descriptor is off if error > limit * floor.
    """
    for function in sorted(functions, key=lambda f: ORDER.get(f, np.inf)):
        reconstructed = curves_of(function)
        error = mse(mean_curve(reconstructed), mean_curve(real[function]))
        least = floor(real[function], len(reconstructed), len(real[function]))
        yield Evaluation(function, float(error), least)
        if error > limit * least:
            return

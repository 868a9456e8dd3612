"""Errors of the sizes to the largest one, and the smallest size that is as good as it."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from rockrec.res.draws import Draws

RANGE = 0.05, 0.95  # of the errors over the repeats
THRESHOLD = 0.95  # quantile of the errors between independent sets of the largest size


def error_table(repeated: Sequence[Draws], sizes: Sequence[int], form: str) -> pd.DataFrame:
    """Return of each size its error to the last one: a line each.

    ``error`` is the mean over the repeats, ``errors`` each repeat's, ``threshold`` what two
    independent sets of the largest size differ by.
    """
    largest = sizes[-1]
    curves = [{key: one.scaled(form) for key, one in draws.items()} for draws in repeated]
    beside = [_beside(curves, number, largest) for number in range(len(curves))]
    controls = [one["", largest] for one in curves]
    if ("control", largest) in curves[0]:
        controls += beside
    rows = []
    for size in sizes:
        lags = size // 2
        between = [_mse(a[:lags], b[:lags]) for a, b in itertools.combinations(controls, 2)]
        # The largest size is held against an independent set of its own.
        errors = [
            _mse(other if size == largest else one["", size], one["", largest])
            for one, other in zip(curves, beside, strict=True)
        ]
        rows.append(
            {
                "size_px": size,
                "form": form,
                "error": np.mean(errors),
                "errors": errors,
                "threshold": np.quantile(between, THRESHOLD),
            }
        )
    return pd.DataFrame(rows)


def _beside(curves, number, largest) -> np.ndarray:
    """A second curve of the largest size: the control's, or the next repeat's."""
    own = curves[number].get(("control", largest))
    return curves[(number + 1) % len(curves)]["", largest] if own is None else own


def smallest(table: pd.DataFrame) -> int:
    """Return the smallest size that stays below the threshold, as all larger ones do."""
    lines = table.to_dict("records")
    res = lines[-1]["size_px"]
    for line in reversed(lines[:-1]):
        if not line["error"] <= line["threshold"]:  # an error that is not defined stops here, too
            break
        res = line["size_px"]
    return res


def crossing(table: pd.DataFrame, errors: Sequence[float] | None = None) -> float:
    """Return the size at which the error falls to the threshold, between the sizes tried.

    Interpolated in the logarithms; the smallest size tried where all stay below, the largest where
    its own error does not.

    Parameters
    ----------
    errors : by size, in place of the table's means: those of one repeat.
    """
    sizes = table["size_px"].to_numpy(float)
    errors = table["error"].to_numpy(float) if errors is None else np.asarray(errors, float)
    thresholds = table["threshold"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.log(errors) - np.log(thresholds)
    above[(errors <= thresholds) & ~(above <= 0)] = 0.0  # 0 over 0
    failing = np.flatnonzero(~(above <= 0))
    failing = failing[failing < len(sizes) - 1]
    if not len(failing):
        return sizes[0]
    last = failing[-1]
    rise, fall = above[last], above[last + 1]
    if not (np.isfinite(rise) and np.isfinite(fall)) or fall > 0:
        return sizes[last + 1]
    share = rise / (rise - fall)
    return float(np.exp(np.log(sizes[last]) + share * np.log(sizes[last + 1] / sizes[last])))


def _mse(a: np.ndarray, b: np.ndarray) -> float:
    lags = min(a.size, b.size)
    return float(np.mean((a[:lags] - b[:lags]) ** 2))

"""How sure a RES is: by block jackknife, over draws, and over the largest size tried."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rockrec.precision.interval import quantile
from rockrec.res.draws import Draws
from rockrec.res.errors import crossing, error_table

BLOCKS = 12  # of the mosaic, each left out in turn, about
REFERENCES = 3  # largest sizes for which a RES is told, to see whether it grows with them
GROWS = 0.5  # exponent of that growth, from which on no size is representative


def size_table(
    repeated: Sequence[Draws], sizes: Sequence[int], form: str, shape: tuple[int, int]
) -> pd.DataFrame:
    """Return the RES relative to each of the largest sizes tried, with its interval.

    A RES is relative to the largest size: if it grows along with that, it is a property of what
    was tried and not of the rock.

    Returns
    -------
    A line for each of up to `REFERENCES` largest sizes, ascending: ``res_px`` (interpolated
    between the sizes); ``low_px``, ``high_px``, its 95 % interval by block jackknife of its
    logarithm; ``draws_low_px``, ``draws_high_px``, the 5 to 95 % range over single draws; and
    ``grows``, whether the RES of all lines grows with the largest size to a power of `GROWS` at
    least. With fewer than `REFERENCES` lines that is not known, and False.
    """
    lines = []
    for last in range(max(len(sizes) - REFERENCES, 1), len(sizes)):
        tried = sizes[: last + 1]
        table = error_table(repeated, tried, form)
        single = [crossing(table, errors) for errors in zip(*table["errors"], strict=True)]
        res = crossing(table)
        error = _jackknife_error(repeated, tried, form, shape)
        lines.append(
            {
                "form": form,
                "largest_px": tried[-1],
                "res_px": res,
                "low_px": max(res * np.exp(-error), tried[0]),
                "high_px": min(res * np.exp(error), tried[-1]),
                "draws_low_px": np.quantile(single, 0.05),
                "draws_high_px": np.quantile(single, 0.95),
            }
        )
    table = pd.DataFrame(lines)
    table["grows"] = len(table) == REFERENCES and _growth(table) >= GROWS
    return table


def _growth(table: pd.DataFrame) -> float:
    """Exponent of the RES as a power of the largest size."""
    return float(np.polyfit(np.log(table["largest_px"]), np.log(table["res_px"]), 1)[0])


def _jackknife_error(repeated, sizes, form, shape) -> float:
    """Half width of the 95 % interval of log RES."""
    found = []
    for block in _blocks(shape):
        left = [{key: one.without(*block) for key, one in draws.items()} for draws in repeated]
        found.append(np.log(crossing(error_table(left, sizes, form))))
    found = np.array(found)
    variance = (len(found) - 1) / len(found) * ((found - found.mean()) ** 2).sum()
    return quantile(len(found) - 1) * float(np.sqrt(variance))


def _blocks(shape: tuple[int, int]) -> list[tuple[float, float, float, float]]:
    """Divide a mosaic into about `BLOCKS` nearly square blocks: top, left, bottom, right."""
    height, width = shape
    down = max(round(np.sqrt(BLOCKS * height / width)), 1)
    right = max(round(BLOCKS / down), 1)
    tops, lefts = np.linspace(0, height, down + 1), np.linspace(0, width, right + 1)
    return [
        (top, left, bottom, end)
        for top, bottom in zip(tops, tops[1:], strict=False)
        for left, end in zip(lefts, lefts[1:], strict=False)
    ]

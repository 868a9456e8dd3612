"""How large a mosaic is needed for a wanted precision, and a window to stand for the rock."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

NORMAL = float(stats.norm.ppf(0.975))


def wanted_sizes(
    quantity: str,
    mean: float,
    at_zero: float,
    freedom: float,
    wanted: Sequence[float],
    shortest: int,
    pixel_size_nm: float,
) -> pd.DataFrame:
    """Say which square is needed so that its own value is within a share of the rock's.

    In 95 of 100 squares of that side, each with the variance `at_zero` over its area. So it is the
    mosaic that a precision needs, and the window that represents the rock to it.

    Parameters
    ----------
    mean, at_zero, freedom : of the quantity, px² the unit of the second.
    wanted : half widths of the 95 % interval, as shares of the mean.
    shortest : short side of the mosaic, px.

    Returns
    -------
    By share: `half_width`, the side with its 95 % interval (`size_px`, `size_low_px`,
    `size_high_px`), `size_um`, and whether such a square fits the mosaic (`in_mosaic`).
    """
    shares = np.asarray(wanted, float)
    sides = NORMAL * np.sqrt(at_zero) / (shares * mean)
    # Of an estimated variance, as of χ² with its degrees of freedom.
    low, high = (np.sqrt(freedom / stats.chi2.ppf(at, freedom)) for at in (0.975, 0.025))
    return pd.DataFrame(
        {
            "quantity": quantity,
            "share": shares,
            "half_width": shares * mean,
            "size_px": sides,
            "size_low_px": sides * low,
            "size_high_px": sides * high,
            "size_um": sides * pixel_size_nm / 1000,
            "in_mosaic": sides <= shortest,
        }
    )

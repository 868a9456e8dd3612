"""What reducing windows to tiles does to a rock: phase fraction and lineal path."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rockrec.descriptors import describe


def compare_sizes(
    windows: Sequence[np.ndarray], tiles: Sequence[np.ndarray], pixel_size_nm: float
) -> pd.DataFrame:
    """Mean L of the same windows before and after they were reduced, over lags in micrometres.

    Parameters
    ----------
    windows : (n, window, window) uint8 0/1. tiles : (n, size, size), the same reduced.
    pixel_size_nm : of the windows.

    Returns
    -------
    Columns stage (before, after), phase_fraction, lag_um, mean (of L), n.
    """
    parts = []
    for stage, images in (("before", np.stack(windows)), ("after", np.stack(tiles))):
        pixel_um = pixel_size_nm / 1000 * len(windows[0]) / images.shape[1]
        curve = describe(images, ("L",))["L"].mean(axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "stage": stage,
                    "phase_fraction": images.mean(),
                    "lag_um": np.arange(curve.size) * pixel_um,
                    "mean": curve,
                    "n": len(images),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)

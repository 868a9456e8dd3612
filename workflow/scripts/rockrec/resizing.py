"""What reducing windows to tiles does to a rock: phase fraction, pores, clusters, lineal path."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rockrec.descriptors import describe
from rockrec.descriptors.clusters import label_clusters
from rockrec.pores import label_pores

LOST = 0.1  # change in the number of pores or clusters from which on it is warned of


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
    Columns stage (before, after), phase_fraction, pores and clusters (8- and 4-connected pieces
    of the phase, per window), lag_um, mean (of L), n.
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
                    "pores": np.mean([label_pores(image).max() for image in images]),
                    "clusters": np.mean([label_clusters(image).max() for image in images]),
                    "lag_um": np.arange(curve.size) * pixel_um,
                    "mean": curve,
                    "n": len(images),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def changes(resizing: pd.DataFrame) -> dict[str, float]:
    """Return by what share ``pores`` and ``clusters`` change in number; 0 where there are none.

    `resizing` is what `compare_sizes` returns.
    """
    first = resizing.groupby("stage").first()
    return {
        name: float(first.loc["after", name] / first.loc["before", name] - 1)
        if first.loc["before", name]
        else 0.0
        for name in ("pores", "clusters")
    }


def warning(resizing: pd.DataFrame) -> str:
    """Say in a line which numbers change by more than a tenth; empty where none does."""
    told = [
        f"{name} {change:+.0%}" for name, change in changes(resizing).items() if abs(change) > LOST
    ]
    return ", ".join(told)

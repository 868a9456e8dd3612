"""Effective diffusivity of tiles: steady diffusion between two faces, finite volumes on pixels.

In a section. In the rock itself the phase has ways around that a section does not show, so its
diffusivity is another, as a rule a larger one.
"""

import numpy as np
import pandas as pd

from rockrec.descriptors.clusters import label_clusters
from rockrec.minkowski import binary_stack
from rockrec.plain.records.scalars import DIFFUSIVITIES
from rockrec.transport.solver import solve

# Of the flux, see `solve`. The wider the range of conductivities, the less is left over where the
# flux errs as much.
TOLERANCE = 1e-7
KNOWN_RANGE = 1000


def effective_diffusivity(conductivity: np.ndarray, axis: str) -> float:
    """Diffusivity of a tile as a whole, along rows (x) or columns (y).

    The flux between two opposite faces that are held at two concentrations, the other two being
    insulated, over what a tile of conductivity 1 would let through. Between the centres of two
    pixels lies the harmonic mean of both (finite volumes); pixels that touch at a corner alone
    exchange nothing. With D its inverse times D of the phase is the formation factor, and φ / D the
    tortuosity factor.

    Parameters
    ----------
    conductivity : (H, W), of each pixel, at least 0.
    axis : ``"x"`` (left to right) or ``"y"`` (top to bottom).

    Returns
    -------
    float : 0 where no path leads from face to face. It errs by less than 1e-5 of itself.

    Raises
    ------
    ValueError
        If the axis is another, or a conductivity is negative or no number.
    ArithmeticError
        If the iteration does not end.
    """
    if axis not in ("x", "y"):
        raise ValueError(f"axis {axis!r} is none of x, y")
    pixels = np.asarray(conductivity, np.float64)
    if pixels.ndim != 2 or not (np.isfinite(pixels).all() and (pixels >= 0).all()):
        raise ValueError("a conductivity is a tile (H, W) of numbers of 0 or more")
    pixels = np.ascontiguousarray(pixels if axis == "x" else pixels.T)
    through = _without_dead_ends(pixels)
    largest = through.max(initial=0.0)
    if largest == 0:
        return 0.0
    least = through[through > 0].min()
    _, flux, steps = solve(through / largest, TOLERANCE * min(1.0, KNOWN_RANGE * least / largest))
    if steps < 0:
        raise ArithmeticError("the diffusion through a tile was not solved")
    return float(flux * largest * pixels.shape[1] / pixels.shape[0])


def _without_dead_ends(pixels: np.ndarray) -> np.ndarray:
    """Keep what is connected, through edges, to the left side and to the right."""
    labels = label_clusters(pixels > 0)
    crossing = np.intersect1d(labels[:, 0], labels[:, -1])
    return np.where(np.isin(labels, crossing[crossing > 0]), pixels, 0.0)


def measure_diffusivity(images: np.ndarray, contrast: float) -> pd.DataFrame:
    """Effective diffusivities of every tile, along rows and columns.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.
    contrast : conductivity of the rest where that of the phase is 1.

    Returns
    -------
    DataFrame, one line per tile
        ``tile`` (index in the stack), ``phase_fraction``, and the names of `DIFFUSIVITIES`: of the
        phase in a rest that does not conduct, of the rest where the phase does not, and of both
        together, the rest conducting by `contrast`; each in units of what conducts best.

    Raises
    ------
    ValueError
        If `images` is not a stack of 0 and 1.
    """
    lines = []
    for number, tile in enumerate(binary_stack(images)):
        phase = tile.astype(np.float64)
        conducting = (phase, 1 - phase, np.maximum(phase, contrast))
        along = [effective_diffusivity(pixels, a) for pixels in conducting for a in ("x", "y")]
        lines.append([number, tile.mean(), *along])
    return pd.DataFrame(lines, columns=["tile", "phase_fraction", *DIFFUSIVITIES])

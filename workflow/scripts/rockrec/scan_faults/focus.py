"""How sharp a block is, whatever its noise and however much there is in it.

Half the mean square difference of pixels k apart, D(k), is what the autocovariance has lost at lag
k (and the noise, which all k share). At sharp edges it grows in proportion to k, at soft ones with
its square, so D(2) - D(1) over D(8) - D(4) tells them apart: 1/4 for a step, toward 1/16 for a
blur much wider than 8 px.
"""

import numpy as np

LAGS = 1, 2, 4, 8
CLEAR = 0.05  # of the variogram at 8 px, by which it has to grow from 4 px to there


def variogram(gray: np.ndarray) -> np.ndarray:
    """Mean of half the squared difference at the lags 1, 2, 4 and 8 px, along both axes.

    Parameters
    ----------
    gray : float (rows, columns), NaN in what is no rock.

    Returns
    -------
    Of each lag; NaN where no pixel is rock.
    """
    found = []
    for lag in LAGS:
        pairs = [gray[lag:] - gray[:-lag], gray[:, lag:] - gray[:, :-lag]]
        squares = np.concatenate([pair.ravel() for pair in pairs]) ** 2
        known = np.isfinite(squares)
        found.append(squares[known].mean() / 2 if known.any() else np.nan)
    return np.array(found)


def sharpness(variograms: np.ndarray) -> np.ndarray:
    """Sharpness of blocks from their variograms (..., 4): 1 for steps between even grays.

    NaN where there is little but noise in a block.
    """
    d1, d2, d4, d8 = np.moveaxis(variograms, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 4 * (d2 - d1) / (d8 - d4)
    return np.where(d8 - d4 > CLEAR * d8, np.maximum(found, 0), np.nan)

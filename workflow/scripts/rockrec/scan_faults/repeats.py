"""Rows that stand in a mosaic twice, to the last bit: no detector's noise does that."""

import numpy as np

VARIED = 1 / 8  # of a row's pixels that differ from their left neighbour, or it proves nothing


def repeated_rows(gray: np.ndarray, first: int) -> np.ndarray:
    """Return which rows of a block equal one that stands above them.

    Parameters
    ----------
    gray : (rows, columns) of a block, and some rows that lie above it.
    first : row with which the block begins.

    Returns
    -------
    Bool, for each row of the block. Rows of one gray, or nearly so, never count.
    """
    varied = np.count_nonzero(np.diff(gray, axis=1), axis=1) >= VARIED * gray.shape[1]
    above, repeats = set(), np.zeros(len(gray), bool)
    for y in np.flatnonzero(varied):
        row = gray[y].tobytes()
        repeats[y] = row in above
        above.add(row)
    return repeats[first:]

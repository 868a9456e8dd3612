"""Chord lengths: the runs of the phase along rows or columns."""

import numpy as np


def chord_lengths(image: np.ndarray, axis: str) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the chords along rows (x) or columns (y), and how often each occurs.

    As in the ``unbiased`` convention of the lineal path nothing is known beyond the tile: chords
    that its edge cuts are left out, for their length is not known. Long ones are cut more often
    than short ones, so that each of those that are whole counts for the places at which a line of
    N pixels could have shown it: 1 over N - l - 1.

    Parameters
    ----------
    image : (H, W) array of 0 and 1.
    axis : ``"x"`` or ``"y"``.

    Returns
    -------
    (N - 2,) px, 1 to N - 2; and for each the chords per place, of all lines of the tile together.

    Raises
    ------
    ValueError
        If the axis is another, or the lines are too short to hold a whole chord.
    """
    if axis not in ("x", "y"):
        raise ValueError(f"axis {axis!r} is none of x, y")
    lines = (np.asarray(image) > 0).astype(np.int8)
    lines = lines if axis == "x" else lines.T
    side = lines.shape[1]
    if side < 3:
        raise ValueError(f"lines of {side} px hold no whole chord")
    cut_before = np.minimum.accumulate(lines, axis=1)
    cut_behind = np.minimum.accumulate(lines[:, ::-1], axis=1)[:, ::-1]
    steps = np.diff(lines * (1 - cut_before) * (1 - cut_behind), axis=1)
    found = np.argwhere(steps == -1)[:, 1] - np.argwhere(steps == 1)[:, 1]
    lengths = np.arange(1, side - 1)
    counts = np.bincount(found, minlength=side)[1 : side - 1]
    return lengths, counts / (side - lengths - 1)

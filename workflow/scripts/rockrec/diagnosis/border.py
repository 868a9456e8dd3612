"""Edge excess: more or less of the phase near the border of the tile than inside."""

import numpy as np

from rockrec.diagnosis.findings import Check, Finding
from rockrec.diagnosis.splits import MeanBand

DEPTH = 8  # px
SIDES = ("all sides", "top", "bottom", "left", "right")


def edge_excess(train: np.ndarray, splits: np.ndarray) -> Check:
    """Fit the check of the phase fraction within 1 to 8 px of the border, against farther in.

    A strip is compared with the next one of its depth: rock varies least between neighbours. The
    value is the largest studentised difference from the real tiles, over depths and sides; where
    it lies is told with ``edge``, the ratio of the phase fraction of the strip to that of the
    interior, 1 in rock.

    Parameters
    ----------
    train : (n, size, size) uint8 0/1 real tiles that do not overlap.
    splits : see `draw_splits`.
    """
    band = MeanBand(_excess(train), splits)

    def check(generated: np.ndarray) -> Finding:
        value, at = band.largest(_excess(generated))
        side, depth = at // DEPTH, at % DEPTH
        interior = generated[:, DEPTH:-DEPTH, DEPTH:-DEPTH].mean()
        strip = _strips(generated, DEPTH)[:, side, depth].mean()
        edge = strip / interior if interior > 0 else np.nan
        where = f"{SIDES[side]}, {depth + 1} px deep, edge {edge:.3f}"
        return Finding("edge_excess", value, band.threshold, where)

    return check


def _excess(tiles: np.ndarray) -> np.ndarray:
    """Phase fraction of each strip less that of the next one as deep, (n, sides x depths)."""
    strips = _strips(tiles, 2 * DEPTH)
    # The mean up to twice the depth is that of both strips.
    excess = 2 * (strips[:, :, :DEPTH] - strips[:, :, 1::2])
    return excess.reshape(len(tiles), -1)


def _strips(tiles: np.ndarray, deepest: int) -> np.ndarray:
    """Phase fraction within 1 ... deepest px of the border, (n, sides, deepest)."""
    rows, columns = tiles.mean(axis=2), tiles.mean(axis=1)
    lines = [rows, rows[:, ::-1], columns, columns[:, ::-1]]
    sides = np.stack([line[:, :deepest] for line in lines], axis=1)
    sides = np.concatenate([sides.mean(axis=1, keepdims=True), sides], axis=1)
    return np.cumsum(sides, axis=2) / np.arange(1, deepest + 1)

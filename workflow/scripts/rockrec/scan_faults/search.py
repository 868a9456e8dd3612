"""The search for faults of a scan: through a mosaic in blocks, and from block to block."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.ndimage import label, uniform_filter

from rockrec.mosaics.contrast import Contrast
from rockrec.mosaics.reading import row_bands
from rockrec.scan_faults.fault import BLURRED, REPEATED, Fault
from rockrec.scan_faults.focus import sharpness, variogram
from rockrec.scan_faults.repeats import repeated_rows
from rockrec.scan_faults.seams import HALO, seams

BLOCK = 256  # px; a scan tile of 1,024 px has three whole ones along each of its sides
LEAST_PIECES = 3  # of a seam, each from a block
LEAST_BLOCKS = 4  # in one area out of focus
SOFT = 0.5  # of the usual sharpness
SOFTER = 0.65  # of it: a block beside soft ones is out of focus, too
GAP = 2  # rows between repeated ones that are told together


@dataclass(frozen=True)
class _Block:
    """Gray levels of a block, its halo around it (NaN in what is no rock), and where it is."""

    gray: np.ndarray
    top: int
    left: int
    height: int
    width: int


def find_faults(
    mosaic, contrast: Contrast, outside=None, threads: int = 1, advanced=lambda rows: None
) -> list[Fault]:
    """Find faults of the scan in a gray mosaic.

    Parameters
    ----------
    mosaic : 2D gray, an array or an open mosaic.
    contrast : of its rock.
    outside : pixels that are no rock, read like an array of bool; None where all are.
    advanced : called with the number of rows that were looked at, again and again.

    Returns
    -------
    The faults by kind; what goes on from block to block is one. Of seams those that do so, or
    that go from border to border: by chance no line does.
    """
    span = max(contrast.high - contrast.low, 1)
    lines, repeats, variograms = [], [], {}
    with ThreadPoolExecutor(threads) as pool:
        for top, blocks in _bands_of_blocks(mosaic, outside):
            for found in pool.map(partial(_look_at, span=span), blocks):
                lines += found[0]
                repeats += found[1]
                variograms |= found[2]
            advanced(min(top + BLOCK, mosaic.shape[0]))
    lined_up = _lined_up(lines, mosaic.shape)
    return sorted(lined_up + _together(repeats) + _out_of_focus(variograms, mosaic.shape))


def _bands_of_blocks(mosaic, outside) -> Iterator[tuple[int, list[_Block]]]:
    height, width = mosaic.shape
    for rows in row_bands(height, BLOCK):
        y = slice(max(rows.start - HALO, 0), min(rows.stop + HALO, height))
        band = mosaic[y]
        hidden = None if outside is None else outside[y]
        above, below = HALO - (rows.start - y.start), HALO - (y.stop - rows.stop)
        blocks = []
        for left in range(0, width, BLOCK):
            right = min(left + BLOCK, width)
            x = slice(max(left - HALO, 0), min(right + HALO, width))
            gray = band[:, x].astype(np.float32)
            if hidden is not None:
                gray[hidden[:, x]] = np.nan
            beside = HALO - (left - x.start), HALO - (x.stop - right)
            gray = np.pad(gray, ((above, below), beside), mode="edge")
            blocks.append(_Block(gray, rows.start, left, rows.stop - rows.start, right - left))
        yield rows.start, blocks


def _look_at(block: _Block, span: float) -> tuple[list[Fault], list[Fault], dict]:
    """Find the seams of a block, its repeated lines, and what tells its focus."""
    at = block.top // BLOCK, block.left // BLOCK
    inner = block.gray[HALO:-HALO, HALO:-HALO]
    return _seams_of(block, span), _repeats_of(block), {at: variogram(inner)}


def _seams_of(block: _Block, span: float) -> list[Fault]:
    top, left, height, width = block.top, block.left, block.height, block.width
    upright = block.gray[HALO:-HALO]
    level = block.gray[:, HALO:-HALO].T
    faults = []
    if _is_known(upright):
        for x, kind, amount in seams(upright, span):
            faults.append(Fault(kind, top, left + x, top + height, left + x + 1, amount))
    if _is_known(level):
        for y, kind, amount in seams(level, span):
            faults.append(Fault(kind, top + y, left, top + y + 1, left + width, amount))
    return faults


def _is_known(gray: np.ndarray) -> bool:
    """Whether a block is large enough, and enough of it is rock, to tell a seam."""
    return min(gray.shape) >= 4 * HALO and np.isfinite(gray).mean() >= 0.5


def _repeats_of(block: _Block) -> list[Fault]:
    inner = slice(HALO, -HALO)
    levels = np.nan_to_num(block.gray, nan=-1)
    # At the mosaic's border the halo is made of its own outermost lines.
    above, before = (HALO if at else 0 for at in (block.top, block.left))
    rows = repeated_rows(levels[HALO - above : -HALO, inner], above)
    columns = repeated_rows(levels[inner, HALO - before : -HALO].T, before)
    right, bottom = block.left + block.width, block.top + block.height
    return [
        Fault(REPEATED, block.top + start, block.left, block.top + stop, right)
        for start, stop in _runs(rows)
    ] + [
        Fault(REPEATED, block.top, block.left + start, bottom, block.left + stop)
        for start, stop in _runs(columns)
    ]


def _runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Where marked lines begin and end, those that are near told together."""
    runs: list[tuple[int, int]] = []
    for at in np.flatnonzero(marked):
        if runs and at - runs[-1][1] <= GAP:
            runs[-1] = (runs[-1][0], int(at) + 1)
        else:
            runs.append((int(at), int(at) + 1))
    return runs


def _lined_up(pieces: Sequence[Fault], shape: tuple[int, int]) -> list[Fault]:
    """Join the pieces of each seam; those that are too few for one are left out."""
    chains: list[list[Fault]] = []
    for piece in sorted(pieces, key=lambda one: (one.kind, one.is_upright, one.top, one.left)):
        for chain in chains:
            if _goes_on(chain[-1], piece):
                chain.append(piece)
                break
        else:
            chains.append([piece])
    seams = []
    for chain in chains:
        amount = float(np.median([piece.amount for piece in chain]))
        seam = replace(_around(chain), amount=amount)
        across = seam.bottom - seam.top if seam.is_upright else seam.right - seam.left
        if len(chain) >= LEAST_PIECES or across == shape[0 if seam.is_upright else 1]:
            seams.append(seam)
    return seams


def _goes_on(piece: Fault, other: Fault) -> bool:
    """Whether a piece of a seam is followed by another, with one block between them at most."""
    if piece.kind != other.kind or piece.is_upright != other.is_upright:
        return False
    if abs(piece.amount - other.amount) > 1 or piece.amount * other.amount < 0:
        return False
    if piece.is_upright:
        return abs(piece.left - other.left) <= 1 and 0 <= other.top - piece.bottom <= BLOCK
    return abs(piece.top - other.top) <= 1 and 0 <= other.left - piece.right <= BLOCK


def _around(pieces: Sequence[Fault]) -> Fault:
    """The rectangle around pieces of one kind, as the first of them otherwise."""
    return replace(
        pieces[0],
        top=min(one.top for one in pieces),
        left=min(one.left for one in pieces),
        bottom=max(one.bottom for one in pieces),
        right=max(one.right for one in pieces),
    )


def _together(pieces: Sequence[Fault]) -> list[Fault]:
    """Join rectangles of one kind that touch."""
    joined: list[Fault] = []
    for piece in sorted(pieces, key=lambda one: (one.top, one.left)):
        for other in [one for one in joined if _touch(one, piece)]:
            joined.remove(other)
            piece = _around([piece, other])
        joined.append(piece)
    return joined


def _touch(one: Fault, other: Fault) -> bool:
    return (
        one.top <= other.bottom + GAP
        and other.top <= one.bottom + GAP
        and one.left <= other.right
        and other.left <= one.right
    )


def _out_of_focus(variograms: dict, shape: tuple[int, int]) -> list[Fault]:
    """Areas of blocks that are less sharp than is usual."""
    size = [max(row_or_column) + 1 for row_or_column in zip(*variograms, strict=True)]
    values = np.full((*size, 4), np.nan)
    for at, found in variograms.items():
        values[at] = found
    # What is in a block decides how sharp it seems; its neighbours' average errs less.
    known = np.isfinite(values)
    near = uniform_filter(np.where(known, values, 0), (2, 2, 1), mode="nearest")
    near /= np.maximum(uniform_filter(known.astype(float), (2, 2, 1), mode="nearest"), 1e-9)
    near[~known] = np.nan
    alone, averaged = sharpness(values), sharpness(near)
    told = np.isfinite(averaged)
    if told.sum() <= LEAST_BLOCKS:
        return []
    usual = np.median(averaged[told])
    soft = (averaged < SOFT * usual) | (alone < SOFTER * usual)
    areas, number = label(soft)
    faults = []
    for area in range(1, number + 1):
        rows, columns = np.nonzero(areas == area)
        amount = float(np.fmin.reduce(averaged[rows, columns]) / usual)
        if len(rows) >= LEAST_BLOCKS and amount < SOFT:
            ends = (
                min((at.max() + 1) * BLOCK, side)
                for at, side in zip((rows, columns), shape, strict=True)
            )
            corner = (rows.min() * BLOCK, columns.min() * BLOCK)
            faults.append(Fault(BLURRED, *map(int, corner), *map(int, ends), amount))
    return faults

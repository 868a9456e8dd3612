"""Windows of one field, the same to the last bit however they are asked for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

BLOCK = 256  # px, side of the squares that are drawn at once, on one grid over the plane


class Plane:
    """The field of a trained generator and a seed.

    Convolutions round differently with the shape of a window and with the number of threads, which
    would flip pixels at the threshold. So a window is put together from blocks of one size on one
    grid, each drawn on one thread.

    Parameters
    ----------
    generator : a trained `rockrec.gans.endless.generator.Generator`.
    seed : of the field, at least 0.
    """

    def __init__(self, generator: nn.Module, seed: int):
        device = next(generator.parameters()).device
        self.generator = generator
        self.seeds = torch.tensor([seed % 2**31], dtype=torch.int32, device=device)

    def window(self, rows: range, columns: range, threads: int = 1) -> np.ndarray:
        """Return gray levels (rows, columns) float32 in [-1, 1]."""
        out = np.empty((len(rows), len(columns)), np.float32)
        places = [(top, left) for top in _starts(rows) for left in _starts(columns)]
        with _one_thread_each(), ThreadPoolExecutor(threads) as pool:
            for (top, left), block in zip(places, pool.map(self._block, places), strict=True):
                y = range(max(top, rows.start), min(top + BLOCK, rows.stop))
                x = range(max(left, columns.start), min(left + BLOCK, columns.stop))
                out[
                    y.start - rows.start : y.stop - rows.start,
                    x.start - columns.start : x.stop - columns.start,
                ] = block[y.start - top : y.stop - top, x.start - left : x.stop - left]
        return out

    @torch.no_grad()
    def _block(self, place: tuple[int, int]) -> np.ndarray:
        top, left = place
        rows, columns = range(top, top + BLOCK), range(left, left + BLOCK)
        return self.generator.draw(self.seeds, rows, columns)[0, 0].float().cpu().numpy()


def _starts(wanted: range) -> range:
    """First rows (or columns) of the blocks that a window touches."""
    return range(wanted.start // BLOCK * BLOCK, wanted.stop, BLOCK)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

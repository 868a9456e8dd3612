"""Which pixels of each level a window needs, where no convolution is padded."""

from typing import NamedTuple

import torch


class Span(NamedTuple):
    """Rows (or columns) of a level, counted from the plane's origin in its own pixels.

    given : what enters its last convolution, of 3 x 3; made : what leaves it, one less all around.
    """

    given: range
    made: range


def spans(wanted: range, strides: tuple[int, ...]) -> list[Span]:
    """Return the spans of all levels, from coarse to fine, for pixels of the finest.

    The filtered doubling of rows [a, b) yields [2 a + 2, 2 b - 2).
    """
    made, found = wanted, []
    for _ in strides:
        given = range(made.start - 1, made.stop + 1)
        found.append(Span(given, made))
        made = range((given.start - 2) // 2, -((-given.stop - 2) // 2))
    return found[::-1]


def cut(images: torch.Tensor, top: int, left: int, rows: range, columns: range) -> torch.Tensor:
    """Cut rows and columns out of images (n, c, h, w) that begin at row `top`, column `left`."""
    return images[
        :, :, rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]

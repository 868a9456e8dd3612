"""Binary images as bit planes: 64 pixels of a row in a word, words of a column side by side.

In ``planes[image, word, row]`` a shift by columns is a funnel shift of two neighbouring
planes and a shift by rows is an offset, so both run over contiguous memory.
"""

import numpy as np

WORD = 64


def n_words(columns: int) -> int:
    """Number of words that hold `columns` pixels."""
    return -(-columns // WORD)


def pack(images: np.ndarray, down: int = 0, right: int = 0) -> np.ndarray:
    """Pack a stack of images, continued periodically by `down` rows and `right` columns.

    Parameters
    ----------
    images : (n, H, W) array of 0 and 1.

    Returns
    -------
    uint64 array (n, words + 1, H + down); the last plane is an empty guard, so that the
    right neighbour of every word can be read. Bit b of word w is column 64 w + b.
    """
    n, height, width = images.shape
    if right:
        images = np.take(images, np.arange(width + right), axis=2, mode="wrap")
    if images.dtype.kind == "f":
        images = images.astype(bool)
    bits = np.packbits(images, axis=2, bitorder="little")
    words = n_words(width + right)
    whole = np.zeros((n, height, words * WORD // 8), np.uint8)
    whole[:, :, : bits.shape[2]] = bits
    planes = np.zeros((n, words + 1, height + down), np.uint64)
    planes[:, :words, :height] = whole.view("<u8").transpose(0, 2, 1)
    if down:
        planes[:, :, height:] = np.take(planes, np.arange(height, height + down) % height, axis=2)
    return planes

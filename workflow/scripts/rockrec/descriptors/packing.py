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
    words = n_words(width + right)
    planes = np.zeros((n, words + 1, height + down), np.uint64)
    for image, plane in zip(images, planes, strict=True):
        padded = np.zeros((height, words * WORD), np.uint8)
        padded[:, : width + right] = np.take(image, np.arange(width + right), 1, mode="wrap")
        packed = np.packbits(padded, axis=1, bitorder="little").view("<u8")
        plane[:words] = np.take(packed, np.arange(height + down), 0, mode="wrap").T
    return planes

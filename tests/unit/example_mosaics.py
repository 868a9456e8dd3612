"""Mosaics as they are inspected: rock, and arrays that are read like open files."""

import numpy as np

from rockrec.synthetic import make_rock


def rock(height=400, width=700, seed=3):
    """Gray levels of rock, none of them 0."""
    gray = make_rock("pores", height, width, seed).gray
    return np.maximum(gray, 1)


class Opened(np.ndarray):
    """An array that says of itself what an open mosaic does."""

    path = "rock.tif"

    @property
    def scan_rows(self):
        return getattr(self, "scanned", self.shape[0])


def opened(array, scanned=None):
    array = array.view(Opened)
    if scanned:
        array.scanned = scanned
    return array

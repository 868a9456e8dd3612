"""How much of a segmented mosaic is of the phase: of its rock, and of what a mask leaves out."""

import numpy as np
import pandas as pd

from rockrec.mosaics.outside import MASKED, ROCK
from rockrec.mosaics.reading import row_bands


def phase_table(mosaic, phase: int, outside=None) -> pd.DataFrame:
    """Count the pixels of a segmented mosaic, and those of a phase, in one pass.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    phase : the value of the phase of interest.
    outside : a `rockrec.mosaics.Outside`; None where all is rock.

    Returns
    -------
    A line for each part (rock, masked, not scanned): part, pixels, of_phase.
    """
    counts = np.zeros((3, 2), np.int64)
    for rows in row_bands(mosaic.shape[0]):
        of_phase = mosaic[rows] == phase
        marks = np.full(of_phase.shape, ROCK) if outside is None else outside.marks[rows]
        for line, part in zip(counts, (marks == ROCK, marks == MASKED), strict=False):
            line += np.count_nonzero(part), np.count_nonzero(of_phase & part)
        counts[2] += of_phase.size, np.count_nonzero(of_phase)
    counts[2] -= counts[:2].sum(axis=0)
    table = pd.DataFrame(counts, columns=["pixels", "of_phase"])
    table.insert(0, "part", ["rock", "masked", "not scanned"])
    return table

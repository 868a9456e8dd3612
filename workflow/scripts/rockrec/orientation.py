"""How an image lies in its file, by the orientation tag of TIFF (1 to 8)."""

import numpy as np
import tifffile

TRANSPOSED = (5, 6, 7, 8)
UPSIDE_DOWN = (3, 4, 6, 7)  # the file begins with the last row, or column of a transposed image
MIRRORED = (2, 3, 7, 8)


def orientation_of(page: tifffile.TiffPage) -> int:
    """Return the orientation of a page; 1, as it is shown, where none or no known one is stated."""
    stated = page.tags.valueof("Orientation", 1)
    return stated if stated in range(1, 9) else 1


def stored_region(
    rows: range, columns: range, shape: tuple[int, int], orientation: int
) -> tuple[range, range]:
    """Where a region of the shown image lies in the file; `shape` is the stored image's."""
    if orientation in TRANSPOSED:
        rows, columns = columns, rows
    if orientation in UPSIDE_DOWN:
        rows = range(shape[0] - rows.stop, shape[0] - rows.start)
    if orientation in MIRRORED:
        columns = range(shape[1] - columns.stop, shape[1] - columns.start)
    return rows, columns


def shown(stored: np.ndarray, orientation: int) -> np.ndarray:
    """Turn images (..., rows, columns) from how they are stored to how they are shown."""
    if orientation in UPSIDE_DOWN:
        stored = stored[..., ::-1, :]
    if orientation in MIRRORED:
        stored = stored[..., ::-1]
    return stored.swapaxes(-1, -2) if orientation in TRANSPOSED else stored

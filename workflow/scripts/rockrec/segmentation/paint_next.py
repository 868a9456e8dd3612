"""Where to paint next: the fields of a mosaic in which a model doubts most."""

import json
from collections.abc import Mapping, Sequence

import numpy as np

from rockrec.segmentation.confidence import SURE

SIDE = 256  # px of a field
FIELDS = 10
LEAST_ROCK = 0.5  # of a field
STEPS = 8  # places of a field along its own side


def doubtful_fields(
    confidence: np.ndarray, cell_px: Sequence[float], shape: tuple[int, int]
) -> list[dict]:
    """Return at most ten fields apart from one another, that of the most doubt per pixel first.

    Parameters
    ----------
    confidence : 2D uint8, see `rockrec.segmentation.confidence`.
    cell_px : height and width of its pixels, in pixels of the mosaic.
    shape : of the mosaic, px.

    Returns
    -------
    row, column, height, width : px of the mosaic.
    doubt : mean over the field's rock of 1 - the probability of the class that a pixel is given.
    """
    sides = [min(SIDE, side) for side in shape]
    height, width = (
        max(1, min(round(side / cell), cells))
        for side, cell, cells in zip(sides, cell_px, confidence.shape, strict=True)
    )
    rock = confidence > 0
    doubt = _sums(np.where(rock, SURE - confidence.astype(np.int64), 0), height, width)
    pixels = _sums(rock, height, width)
    enough = pixels >= max(1, LEAST_ROCK * height * width)
    mean = np.where(enough, doubt / np.maximum(pixels, 1), -1.0)
    corners = [
        np.unique(np.append(np.arange(0, places, max(1, side // STEPS)), places - 1))
        for places, side in zip(mean.shape, (height, width), strict=True)
    ]
    rows, columns = (grid.ravel() for grid in np.meshgrid(*corners, indexing="ij"))
    found = []
    for at in np.argsort(-mean[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if len(found) == FIELDS or mean[row, column] < 0:
            break
        if all(abs(row - r) >= height or abs(column - c) >= width for r, c in found):
            found.append((row, column))
    return [
        {
            "row": min(round(row * cell_px[0]), shape[0] - sides[0]),
            "column": min(round(column * cell_px[1]), shape[1] - sides[1]),
            "height": sides[0],
            "width": sides[1],
            "doubt": float(mean[row, column] / SURE),
        }
        for row, column in found
    ]


def as_labels(fields: Sequence[Mapping], files: Sequence[str], before) -> str:
    """Write fields as the config names those that are labelled, with what is labelled already.

    Parameters
    ----------
    files : the label images that are to be painted.
    before : the sample's labels in the config - a path, fields, or None.
    """
    if isinstance(before, str):  # an image of the mosaic's size is a field at its corner
        before = [{"file": before, "row": 0, "column": 0}]
    new = [{**field, "file": file} for file, field in zip(files, fields, strict=True)]
    lines = ["labels:"]
    for remark, places in (
        ("labelled already", before or []),
        ("to be painted: keep the lines of what is", new),
    ):
        lines += [f"  # {remark}"] if places else []
        lines += [f"  - {_place(**place)}" for place in places]
    return "\n".join([*lines, ""])


def _place(file: str, row: int, column: int, **_) -> str:
    quoted = json.dumps(file, ensure_ascii=False)  # YAML reads it, whatever the name
    return f"{{file: {quoted}, row: {row}, column: {column}}}"


def _sums(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Sums over all rectangles of a size, by their first row and column."""
    sums = np.pad(values.cumsum(0, np.int64).cumsum(1, np.int64), ((1, 0), (1, 0)))
    along = sums[height:] - sums[:-height]
    return along[:, width:] - along[:, :-width]

"""The table of points: written without answers, read with those that its user gave."""

import logging
import os
from collections.abc import Collection, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from rockrec.segmentation.points.interval import Judged

log = logging.getLogger(__name__)

COLUMNS = ("image", "row", "column", "stratum", "stratum_pixels", "label")
SEPARATORS = ",;\t"  # of spreadsheets in several countries


class PointsError(ValueError):
    """A table of points that says nothing, or not of this mosaic; the message names the file."""


def table_of(
    places: Sequence[tuple[int, int, int]], pixels: Sequence[int], random: np.random.Generator
) -> pd.DataFrame:
    """Return the table to be filled: a row for each image, its column ``label`` empty.

    Parameters
    ----------
    places : row, column, stratum. pixels : of each stratum.
    random : gives the strata names that do not tell what the model found there.
    """
    names = random.permutation(len(pixels)) + 1
    rows = [
        (image, row, column, names[stratum], pixels[stratum], None)
        for image, (row, column, stratum) in enumerate(places, start=1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def read_answers(
    path: str | os.PathLike, rock: int, shape: tuple[int, int], classes: Collection[int] = ()
) -> pd.DataFrame:
    """Read the points that were judged: columns row, column, stratum, stratum_pixels, label.

    Rows without a label are left out, which is said. Separated by commas, semicolons or tabs.

    Parameters
    ----------
    rock : pixels of the mosaic that are rock; shape : its px.
    classes : the labels that there may be; 1 to 255 if empty.

    Raises
    ------
    PointsError : no such table, labels of no class, points of another mosaic, a stratum without
        an answer.
    """
    table = _table(path)
    lacking = [name for name in COLUMNS[1:] if name not in table]
    if lacking:
        raise PointsError(f"{path}: lacks the columns {', '.join(lacking)}")
    known = set(classes) or set(range(1, 256))
    numbers = {}
    for name in COLUMNS[1:]:
        numbers[name] = pd.to_numeric(table[name], errors="coerce")
        wrong = numbers[name].isna() & table[name].notna() | (numbers[name] % 1 > 0)
        if name == "label":
            wrong |= numbers[name].notna() & ~numbers[name].isin(known)
        else:
            wrong |= numbers[name].isna()
        if wrong.any():
            line = int(np.flatnonzero(wrong)[0])
            classes_said = ", ".join(map(str, sorted(classes))) or "1 to 255"
            raise PointsError(
                f"{path}: line {line + 2} has the {name} {table[name].iloc[line]!r}; "
                + (f"the classes are {classes_said}" if name == "label" else "a number is needed")
            )
    points = pd.DataFrame(numbers)
    inside = points["row"].between(0, shape[0] - 1) & points["column"].between(0, shape[1] - 1)
    strata = points.groupby("stratum")["stratum_pixels"]
    if not inside.all() or (strata.nunique() > 1).any() or strata.first().sum() != rock:
        raise PointsError(
            f"{path}: points of {strata.first().sum():,.0f} pixels of rock, the mosaic has "
            f"{rock:,}: they were drawn from another mosaic, or what is outside was another then"
        )
    if points.duplicated(["row", "column"]).any():
        raise PointsError(f"{path}: a point stands there twice")
    judged = points[points["label"].notna()].astype(int)
    if silent := sorted(set(points["stratum"]) - set(judged["stratum"])):
        raise PointsError(
            f"{path}: of {len(points)} points {len(judged)} have a label, of the stratum "
            f"{silent[0]:g} none; fill the table from its top"
        )
    if len(judged) < len(points):
        log.warning(
            "%s: %d of %d points have no label and are left out; the interval holds if they were "
            "not left out for what they show",
            *(path, len(points) - len(judged), len(points)),
        )
    return judged


def judged(answers: pd.DataFrame, phase: int) -> list[Judged]:
    """Sum up answers by stratum."""
    return [
        Judged(int(of["stratum_pixels"].iloc[0]), len(of), int((of["label"] == phase).sum()))
        for _, of in answers.groupby("stratum")
    ]


def _table(path: str | os.PathLike) -> pd.DataFrame:
    if not Path(path).is_file():
        raise PointsError(f"{path}: no such file")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        separator = max(SEPARATORS, key=head.count)
        table = pd.read_csv(StringIO(text), sep=separator, dtype=str)
    except ValueError as error:  # no text, or no table
        raise PointsError(f"{path}: not a readable table: {error}") from error
    table = table.rename(columns=str.strip)
    return table.apply(lambda column: column.str.strip().replace("", None))

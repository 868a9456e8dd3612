"""Scores of labels in places that what judges them has not seen, as far as there are any."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from rockrec.segmentation.fields import Field
from rockrec.segmentation.folds import Folds
from rockrec.segmentation.label_classes import label_counts
from rockrec.segmentation.scores import boundary_counts, confusion, score_rows

UNSEEN = "unseen places"
NUMBERS = ("iou", "f1", "precision", "recall", "boundary_f1", "fraction_labelled",
           "fraction_predicted")  # fmt: skip


def counted(
    fields: Iterable[Field],
    classes: Sequence[int],
    asked: Callable[[Field], np.ndarray],
    predicted: Callable[[Field, np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Compare labels with what is predicted there.

    Parameters
    ----------
    asked : labels of a field that count, 0 elsewhere.
    predicted : (field, labels asked for): label values, 0 where none can be told.

    Returns
    -------
    The confusion matrix (classes, classes) and the boundary counts (classes, 4), see
    `rockrec.segmentation.scores`.
    """
    counts = np.zeros((len(classes),) * 2, np.int64)
    boundaries = np.zeros((len(classes), 4), np.int64)
    for field in fields:
        labels = asked(field)
        if labels.any():
            found = predicted(field, labels)
            labels = np.where(found, labels, 0)
            counts += confusion(labels, found, classes)
            boundaries += boundary_counts(labels, found, classes)
    return counts, boundaries


def unseen_parts(
    fields: Sequence[Field], whose: Sequence[str]
) -> Iterator[tuple[str, Sequence[Field]]]:
    """Yield what is scored: all fields; and, if they are of several samples, those of each."""
    yield UNSEEN, fields
    for name in dict.fromkeys(whose):
        own = [field for field, one in zip(fields, whose, strict=True) if one == name]
        yield f"{UNSEEN} of {name}", own


def unseen_scores(
    model: str,
    fields: Sequence[Field],
    counts: np.ndarray,
    boundaries: np.ndarray,
    classes: Sequence[int],
    unpainted: Sequence[int],
    names: Mapping[int, str],
    folds: Folds,
    part: str = UNSEEN,
) -> list[dict]:
    """Return a row for each class, with the columns of `score_rows` and ``advice``.

    The advice says what to paint where a class's scores cannot be known (they are NaN); it is
    empty elsewhere.

    Parameters
    ----------
    counts, boundaries : from `counted`, of the classes that `folds` know.
    unpainted : named classes without a labelled pixel.
    part : what the rows are said to be of.
    """
    known = folds.known
    rows = score_rows(part, model, counts, boundaries, classes, names)
    totals = label_counts(fields)
    for row in rows:
        row["advice"] = ""
        if len(known) < 2 or row["class"] not in known:
            row |= dict.fromkeys(NUMBERS, float("nan")) | {"pixels": int(totals[row["class"]])}
            lonely = [value for value in classes if value not in known]
            row["advice"] = _advice(row["class"] if row["class"] in lonely else lonely[0], folds)
    for value in unpainted:
        row = {"part": part, "model": model, "class": value, "name": names.get(value, "")}
        advice = f"no pixel is labelled as class {value}; paint a stroke of it"
        rows.append(row | dict.fromkeys(NUMBERS, float("nan")) | {"pixels": 0, "advice": advice})
    return rows


def _advice(value: int, folds: Folds) -> str:
    return (
        f"class {value} is labelled in a single place; paint it in another one, {folds.side} px or "
        "more away, and its scores can be told"
    )

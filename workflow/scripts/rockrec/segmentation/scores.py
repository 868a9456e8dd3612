"""Score predictions on labelled pixels: classes, boundaries, phase fractions."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.ndimage import binary_dilation
from skimage.morphology import disk

BOUNDARY_TOLERANCE = 2  # px


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: Sequence[int]) -> np.ndarray:
    """Count labelled pixels by class (rows) and predicted class (columns).

    Parameters
    ----------
    truth : label values, 0 = not labelled (not counted). predicted : values out of `classes`.
    """
    labelled = truth > 0
    index = np.zeros(256, np.int64)
    index[list(classes)] = np.arange(len(classes))
    pairs = index[truth[labelled]] * len(classes) + index[predicted[labelled]]
    return np.bincount(pairs, minlength=len(classes) ** 2).reshape(len(classes), -1)


def class_ious(counts: np.ndarray) -> np.ndarray:
    """Intersection over union of each class from a confusion matrix."""
    hits = np.diag(counts)
    return hits / np.maximum(counts.sum(axis=0) + counts.sum(axis=1) - hits, 1)


def boundary_counts(truth: np.ndarray, predicted: np.ndarray, classes: Sequence[int]) -> np.ndarray:
    """Count boundary pixels, and those of them that have a counterpart within 2 px.

    A boundary pixel of a class is a labelled pixel of it with a labelled neighbour (of four)
    of another class. Counts of several images may be added.

    Parameters
    ----------
    truth : 2D label values, 0 = not labelled. predicted : 2D values out of `classes`.

    Returns
    -------
    (classes, 4): predicted boundary pixels, those near a true one, true boundary pixels, those
    near a predicted one.
    """
    labelled, near = truth > 0, disk(BOUNDARY_TOLERANCE)
    counts = np.zeros((len(classes), 4), np.int64)
    for at, value in enumerate(classes):
        found, true = (_boundary(image == value, labelled) for image in (predicted, truth))
        counts[at] = [
            found.sum(),
            (found & binary_dilation(true, near)).sum(),
            true.sum(),
            (true & binary_dilation(found, near)).sum(),
        ]
    return counts


def boundary_f1(counts: np.ndarray) -> np.ndarray:
    """F1 of each class's boundary from `boundary_counts`; NaN where none is labelled.

    Harmonic mean of the shares of predicted boundary near the true one, and of true near the
    predicted one (Csurka et al., BMVC 2013).
    """
    found, found_near, true, true_near = counts.T
    precision = found_near / np.maximum(found, 1)
    recall = true_near / np.maximum(true, 1)
    total = precision + recall
    f1 = 2 * precision * recall / np.where(total > 0, total, 1)
    return np.where(true > 0, f1, np.nan)


def score_rows(
    part: str,
    model: str,
    counts: np.ndarray,
    boundaries: np.ndarray,
    classes: Sequence[int],
    names: Mapping[int, str],
) -> list[dict]:
    """One row per class from its confusion matrix and `boundary_counts`.

    Columns: part, model, class, name (empty if it has none), iou, f1, precision, recall,
    boundary_f1, pixels (labelled as the class), fraction_labelled and fraction_predicted (of
    the class among the labelled pixels: how far the model shifts a phase fraction),
    predicted_<class> (how many of the class's pixels were given each class).
    """
    hits, labelled, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    ious, of_boundary, total = class_ious(counts), boundary_f1(boundaries), max(counts.sum(), 1)
    return [
        {
            "part": part,
            "model": model,
            "class": value,
            "name": names.get(value, ""),
            "iou": float(ious[at]),
            "f1": float(2 * hits[at] / max(labelled[at] + predicted[at], 1)),
            "precision": float(hits[at] / max(predicted[at], 1)),
            "recall": float(hits[at] / max(labelled[at], 1)),
            "boundary_f1": float(of_boundary[at]),
            "pixels": int(labelled[at]),
            "fraction_labelled": float(labelled[at] / total),
            "fraction_predicted": float(predicted[at] / total),
            **{f"predicted_{other}": int(n) for other, n in zip(classes, counts[at], strict=True)},
        }
        for at, value in enumerate(classes)
    ]


def _boundary(of_class: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    return of_class & labelled & binary_dilation(labelled & ~of_class)

"""Divide the labelled pixels into parts by position, and score predictions on them."""

import numpy as np

PARTS = ("train", "validation", "test")
FEWEST = 20  # labelled pixels of each class that a part needs


def split_labels(
    labels: np.ndarray, validation_fraction: float, test_fraction: float
) -> dict[str, tuple[slice, slice]]:
    """Cut the mosaic across its longer axis into bands for train, validation and test.

    The cuts lie where the labelled pixels divide as the fractions say, so that labels painted
    in one corner still make three parts.

    Parameters
    ----------
    labels : 2D, 0 = not labelled.

    Returns
    -------
    {part: (rows, columns)}

    Raises
    ------
    ValueError : a part has fewer than 20 labelled pixels of a class.
    """
    axis = 0 if labels.shape[0] > labels.shape[1] else 1
    along = np.count_nonzero(labels, axis=1 - axis)
    share = np.cumsum(along) / max(along.sum(), 1)
    ends = [
        int(np.searchsorted(share, fraction)) + 1
        for fraction in (1 - validation_fraction - test_fraction, 1 - test_fraction)
    ]
    edges = [0, *ends, labels.shape[axis]]
    bands = {}
    for part, first, end in zip(PARTS, edges, edges[1:], strict=False):
        band = slice(first, min(end, labels.shape[axis]))
        bands[part] = (band, slice(None)) if axis == 0 else (slice(None), band)
    _check_every_class(labels, bands)
    return bands


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: tuple[int, ...]) -> np.ndarray:
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


def score_rows(part: str, counts: np.ndarray, classes: tuple[int, ...]) -> list[dict]:
    """One row per class: iou, f1, precision, recall, pixels and the confusion."""
    hits, labelled, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    rows = []
    for at, value in enumerate(classes):
        rows.append(
            {
                "part": part,
                "class": value,
                "iou": float(class_ious(counts)[at]),
                "f1": float(2 * hits[at] / max(labelled[at] + predicted[at], 1)),
                "precision": float(hits[at] / max(predicted[at], 1)),
                "recall": float(hits[at] / max(labelled[at], 1)),
                "pixels": int(labelled[at]),
                **{
                    f"predicted_{other}": int(n)
                    for other, n in zip(classes, counts[at], strict=True)
                },
            }
        )
    return rows


def _check_every_class(labels: np.ndarray, bands: dict[str, tuple[slice, slice]]) -> None:
    classes = np.unique(labels[labels > 0])
    for part, band in bands.items():
        for value in classes:
            count = np.count_nonzero(labels[band] == value)
            if count < FEWEST:
                raise ValueError(
                    f"the {part} part has {count} labelled pixels of class {value}, it needs "
                    f"{FEWEST}: label more places along the mosaic, or change the fractions"
                )

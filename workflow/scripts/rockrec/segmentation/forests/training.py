"""Fit a forest to all labels, and score it on places that it has not seen."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from rockrec.plain.records.forest import ForestSettings
from rockrec.segmentation.fields import Field
from rockrec.segmentation.forests.features import N_FEATURES, features_of
from rockrec.segmentation.forests.folds import Folds, folds_by_place
from rockrec.segmentation.forests.inference import surroundings
from rockrec.segmentation.forests.model import Forest, normalised
from rockrec.segmentation.forests.trees import Trees, trees_of
from rockrec.segmentation.parts import LabelsError, class_values, label_counts
from rockrec.segmentation.places import places_of
from rockrec.segmentation.scores import boundary_counts, confusion, score_rows

log = logging.getLogger(__name__)

BLOCK = 256  # px; features are counted block by block
UNSEEN = "unseen places"
NUMBERS = ("iou", "f1", "precision", "recall", "boundary_f1", "fraction_labelled",
           "fraction_predicted")  # fmt: skip


@dataclass
class TrainedForest:
    """The forest of all labels, and what is to tell of it.

    Attributes
    ----------
    scores : a row for each class with the columns of `rockrec.segmentation.scores.score_rows`, of
        pixels in places that the trees which judged them had not seen; and ``advice``: what to
        paint where a class's scores cannot be known (they are NaN), else empty.
    """

    forest: Forest
    scores: list[dict]


@dataclass(frozen=True)
class _Examples:
    """Labelled pixels that trees learn from: (n, features), class numbers, weights, folds."""

    features: np.ndarray
    classes: np.ndarray
    weights: np.ndarray
    folds: np.ndarray


def train_forest(
    fields: Sequence[Field],
    *,
    classes: Mapping[int, str],
    gray_range: tuple[float, float],
    settings: ForestSettings,
    seed: int,
    threads: int = 1,
    pixel_size_nm: float | None = None,
    bits: int | None = None,
    whose: Sequence[str] = (),
) -> TrainedForest:
    """Fit a forest to the labelled pixels of a mosaic.

    The forest sees all of them. Its scores are those of other forests, each fitted to four fifths
    of the places and asked for the rest. The same labels and seed give the same trees, whatever
    the threads.

    Parameters
    ----------
    fields : from `rockrec.segmentation.fields`, with a margin of at least `HALO`.
    classes : names by label value; if empty, the classes are the values that the labels have. One
        without a labelled pixel is left out, which is said.
    gray_range : gray levels of the mosaic that become -1 and 1 for the trees.
    pixel_size_nm, bits : of the mosaic, which the forest keeps; None if it is not known.
    whose : of fields of several samples, the sample of each; it is scored on each of them, too.

    Raises
    ------
    LabelsError : fewer than two classes with labels, or labels of none of the classes.
    ValueError : an empty gray range.
    """
    low, high = map(float, gray_range)
    if not low < high:
        raise ValueError(f"the gray range of the mosaic must rise, not go from {low:g} to {high:g}")
    named = class_values(fields, classes)
    counts = label_counts(fields)
    values = tuple(value for value in named if counts[value])
    if len(values) < 2:
        raise LabelsError(f"needs labels of two classes or more, has {list(values)}")
    folds = folds_by_place(fields, values)
    examples = _examples(fields, values, (low, high), settings.pixels, folds, seed)
    everything = np.ones(len(examples.classes), bool)
    trees = _fitted(examples, everything, len(values), settings, seed, threads)
    log.info(
        "forest: %d trees of %s leaves, fitted to %s of %s labelled pixels",
        *(settings.trees, f"{len(trees.shares):,}", f"{len(everything):,}"),
        f"{counts[1:].sum():,}",
    )
    forest = Forest(trees, values, (low, high), dict(classes), pixel_size_nm, bits)
    by_fold = {
        int(fold): _fitted(examples, examples.folds != fold, len(values), settings, seed, threads)
        for fold in np.unique(examples.folds)
        if len(np.unique(examples.classes[examples.folds != fold])) > 1
    }
    scores = _scores(fields, forest, folds, by_fold, UNSEEN)
    for name in dict.fromkeys(whose):
        own = [field for field, one in zip(fields, whose, strict=True) if one == name]
        scores += _scores(own, forest, folds, by_fold, f"{UNSEEN} of {name}")
    scores += [
        _unknown(value, classes, "no pixel is labelled") for value in named if value not in values
    ]
    for row in scores:
        if row["advice"]:
            log.warning("class %s is not known: %s", row["class"], row["advice"])
    return TrainedForest(forest, scores)


def _examples(
    fields: Sequence[Field],
    values: Sequence[int],
    gray_range: tuple[float, float],
    most: int,
    folds: Folds,
    seed: int,
) -> _Examples:
    """Draw at most `most` labelled pixels of each class; they weigh as much as all of it."""
    rng, counts = np.random.default_rng(seed), label_counts(fields)
    places = [places_of(value, fields, rng, most) for value in values]
    classes = np.repeat(np.arange(len(values), dtype=np.int64), list(map(len, places)))
    weights = np.concatenate(
        [
            np.full(len(some), counts[value] / len(some))
            for value, some in zip(values, places, strict=True)
        ]
    )
    places = np.concatenate(places)
    features = np.empty((len(places), N_FEATURES), np.float32)
    number_of, numbers = np.zeros(len(places), np.int64), places[:, 0]
    for number in np.unique(numbers):
        field, here = fields[number], np.flatnonzero(numbers == number)
        rows, columns = places[here, 1], places[here, 2]
        number_of[here] = folds.at(field.row + rows, field.column + columns)
        asked = np.zeros(field.shape, bool)
        asked[rows, columns] = True
        for block, found in _features(field, asked, gray_range):
            inside = (rows // BLOCK == block[0].start // BLOCK) & (
                columns // BLOCK == block[1].start // BLOCK
            )
            features[here[inside]] = found[:, rows[inside] % BLOCK, columns[inside] % BLOCK].T
    return _Examples(features, classes, weights, number_of)


def _features(field: Field, asked: np.ndarray, gray_range: tuple[float, float]) -> Iterator:
    """Yield (rows, columns) and features of each block of a field with a pixel that is asked."""
    gray, outside = field.gray, field.outside
    for top in range(0, field.shape[0], BLOCK):
        for left in range(0, field.shape[1], BLOCK):
            block = tuple(
                slice(first, min(first + BLOCK, side))
                for first, side in zip((top, left), field.shape, strict=True)
            )
            if asked[block].any():
                levels = normalised(surroundings(gray, *block), gray_range)
                hidden = None if outside is None else surroundings(outside, *block)
                yield block, features_of(levels, hidden)


def _fitted(
    examples: _Examples,
    chosen: np.ndarray,
    n_classes: int,
    settings: ForestSettings,
    seed: int,
    threads: int,
) -> Trees:
    """Extremely randomised trees (Geurts et al., Mach. Learn. 63, 2006) of some examples."""
    model = ExtraTreesClassifier(
        settings.trees,
        min_samples_leaf=settings.leaf,
        max_features=settings.features_tried,
        random_state=seed % 2**32,
        n_jobs=threads,
    )
    model.fit(examples.features[chosen], examples.classes[chosen], examples.weights[chosen])
    return trees_of(model.estimators_, n_classes, model.classes_)


def _scores(
    fields: Sequence[Field],
    forest: Forest,
    folds: Folds,
    by_fold: Mapping[int, Trees],
    part: str,
) -> list[dict]:
    """Score each labelled pixel by the trees that saw no label of its fold."""
    values = forest.classes
    known = [value for value in values if folds.known(value)]
    counts, boundaries = (
        np.zeros((len(values),) * 2, np.int64),
        np.zeros((len(values), 4), np.int64),
    )
    for field in fields if len(known) > 1 else ():
        labels = np.where(np.isin(field.labels, known), field.labels, 0).astype(np.uint8)
        predicted = _predicted(field, labels, forest, folds, by_fold)
        labels = np.where(predicted, labels, 0)  # no trees for a fold with all of a class
        counts += confusion(labels, predicted, values)
        boundaries += boundary_counts(labels, predicted, values)
    rows = score_rows(part, "forest", counts, boundaries, values, forest.class_names)
    totals = label_counts(fields)
    for row in rows:
        row["advice"] = ""
        if len(known) < 2 or row["class"] not in known:
            row |= dict.fromkeys(NUMBERS, float("nan")) | {"pixels": int(totals[row["class"]])}
            lonely = [value for value in values if value not in known]
            row["advice"] = _advice(row["class"] if row["class"] in lonely else lonely[0], folds)
    log.info(
        "forest: %s of %d px, each judged by trees that have not seen it, IoU %s",
        *(part, folds.side, [round(row["iou"], 4) for row in rows]),
    )
    return rows


def _predicted(
    field: Field, labels: np.ndarray, forest: Forest, folds: Folds, by_fold: Mapping[int, Trees]
) -> np.ndarray:
    """Labels found by the trees of each pixel's fold, 0 where none is asked for."""
    predicted, values = np.zeros(field.shape, np.uint8), np.array(forest.classes, np.uint8)
    for block, features in _features(field, labels > 0, forest.gray_range):
        rows, columns = np.nonzero(labels[block])
        places = field.row + block[0].start + rows, field.column + block[1].start + columns
        found, fold_of = np.zeros(len(rows), np.uint8), folds.at(*places)
        for fold, trees in by_fold.items():
            here = fold_of == fold
            votes = trees.votes(features[:, rows[here], columns[here]])
            found[here] = values[votes.argmax(axis=0)]
        predicted[block][rows, columns] = found
    return predicted


def _advice(value: int, folds: Folds) -> str:
    return (
        f"class {value} is labelled in a single place; paint it in another one, {folds.side} px or "
        "more away, and its scores can be told"
    )


def _unknown(value: int, names: Mapping[int, str], why: str) -> dict:
    """The row of a class that nothing is labelled as."""
    row = {"part": UNSEEN, "model": "forest", "class": value, "name": names.get(value, "")}
    advice = f"{why} as class {value}; paint a stroke of it"
    return row | dict.fromkeys(NUMBERS, float("nan")) | {"pixels": 0, "advice": advice}

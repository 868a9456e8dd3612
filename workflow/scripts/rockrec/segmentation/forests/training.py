"""Fit a forest to all labels, and score it on places that it has not seen."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from rockrec.plain.records.forest import ForestSettings
from rockrec.segmentation.fields import Field
from rockrec.segmentation.folds import FOLDS, Folds, folds_by_place
from rockrec.segmentation.forests.features import N_FEATURES, features_of
from rockrec.segmentation.forests.inference import surroundings
from rockrec.segmentation.forests.model import Forest, normalised
from rockrec.segmentation.forests.trees import Trees, trees_of
from rockrec.segmentation.label_classes import class_values, label_counts
from rockrec.segmentation.places import places_of
from rockrec.segmentation.unseen import counted, unseen_parts, unseen_scores

log = logging.getLogger(__name__)

BLOCK = 256  # px; features are counted block by block


@dataclass
class TrainedForest:
    """The forest of all labels, and what is to tell of it.

    Attributes
    ----------
    scores : a row for each class, of pixels in places that the trees which judged them had not
        seen, see `rockrec.segmentation.unseen.unseen_scores`.
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


@dataclass(frozen=True)
class Forests:
    """A forest of all labels, and one for each fold that has seen all labels but the fold's.

    Attributes
    ----------
    unpainted : named classes without a labelled pixel, which no tree tells.
    by_fold : without those folds that hold all labels of all classes but one.
    """

    forest: Forest
    unpainted: tuple[int, ...]
    folds: Folds
    by_fold: Mapping[int, Trees]


def fit_forests(
    fields: Sequence[Field],
    *,
    classes: Mapping[int, str],
    gray_range: tuple[float, float],
    settings: ForestSettings,
    seed: int,
    folds: int = FOLDS,
    threads: int = 1,
    pixel_size_nm: float | None = None,
    bits: int | None = None,
) -> Forests:
    """Fit forests to the labelled pixels of a mosaic, see `train_forest`.

    Parameters
    ----------
    folds : how many of them there are at most.
    """
    low, high = map(float, gray_range)
    if not low < high:
        raise ValueError(f"the gray range of the mosaic must rise, not go from {low:g} to {high:g}")
    values, unpainted = class_values(fields, classes)
    places = folds_by_place(fields, values, folds)
    examples = _examples(fields, values, (low, high), settings.pixels, places, seed)
    everything = np.ones(len(examples.classes), bool)
    trees = _fitted(examples, everything, len(values), settings, seed, threads)
    log.info(
        "forest: %d trees of %s leaves, fitted to %s of %s labelled pixels",
        *(settings.trees, f"{len(trees.shares):,}", f"{len(everything):,}"),
        f"{label_counts(fields)[1:].sum():,}",
    )
    forest = Forest(trees, values, (low, high), dict(classes), pixel_size_nm, bits)
    by_fold = {
        int(fold): _fitted(examples, examples.folds != fold, len(values), settings, seed, threads)
        for fold in np.unique(examples.folds)
        if len(np.unique(examples.classes[examples.folds != fold])) > 1
    }
    return Forests(forest, unpainted, places, by_fold)


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
    forests = fit_forests(
        fields,
        classes=classes,
        gray_range=gray_range,
        settings=settings,
        seed=seed,
        threads=threads,
        pixel_size_nm=pixel_size_nm,
        bits=bits,
    )
    scores = forest_scores(fields, forests, whose)
    for row in scores:
        if row["advice"]:
            log.warning("class %s is not known: %s", row["class"], row["advice"])
    return TrainedForest(forests.forest, scores)


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


def forest_scores(
    fields: Sequence[Field], forests: Forests, whose: Sequence[str] = ()
) -> list[dict]:
    """Score each labelled pixel by the trees that saw no label of its fold.

    Parameters
    ----------
    whose : of fields of several samples, the sample of each.

    Returns
    -------
    The rows of `rockrec.segmentation.unseen.unseen_scores`.
    """
    forest, folds = forests.forest, forests.folds
    known = folds.known if len(folds.known) > 1 else []

    def asked(field: Field) -> np.ndarray:
        return np.where(np.isin(field.labels, known), field.labels, 0).astype(np.uint8)

    def predicted(field: Field, labels: np.ndarray) -> np.ndarray:
        return _predicted(field, labels, forest, folds, forests.by_fold)

    rows = []
    for part, some in unseen_parts(fields, whose):
        counts = counted(some, forest.classes, asked, predicted)
        unpainted = () if rows else forests.unpainted
        own = unseen_scores(
            *("forest", some, *counts, forest.classes, unpainted, forest.class_names, folds, part)
        )
        log.info(
            "forest: %s of %d px, each judged by trees that have not seen it, IoU %s",
            *(part, folds.side, [round(row["iou"], 4) for row in own]),
        )
        rows += own
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

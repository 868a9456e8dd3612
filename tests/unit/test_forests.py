"""A forest is fitted to few strokes, the same for any threads, and segments alike in any pieces."""

import dataclasses
import json
import zipfile
from functools import partial

import numpy as np
import pytest
from scipy.ndimage import binary_dilation
from skimage.feature import hessian_matrix_eigvals
from skimage.filters import gaussian
from skimage.transform import resize
from sklearn.ensemble import ExtraTreesClassifier

from rockrec.plain.records.forest import ForestSettings
from rockrec.segmentation.confidence import Confidence
from rockrec.segmentation.fields import fields_at, labelled_fields
from rockrec.segmentation.folds import FOLDS, folds_by_place
from rockrec.segmentation.forests import features, inference
from rockrec.segmentation.forests.features import HALO, N_FEATURES, PER_SCALE, SIGMAS, features_of
from rockrec.segmentation.forests.inference import forest_bands, probabilities, surroundings
from rockrec.segmentation.forests.model import load_forest, save_forest
from rockrec.segmentation.forests.training import TrainedForest, train_forest
from rockrec.segmentation.forests.trees import trees_of
from rockrec.segmentation.resampling import Resampled
from rockrec.segmentation.transfer import segmented_at
from rockrec.synthetic import SyntheticRock, make_rock

SMALL = ForestSettings(trees=12)


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 512, 1280, seed=4)


def fit(rock, labels=None, settings=SMALL, seed=1, classes=None, **changes) -> TrainedForest:
    labels = rock.labels if labels is None else labels
    fields = labelled_fields(rock.gray, labels, HALO, changes.pop("outside", None))
    options = {"classes": classes or {}, "gray_range": (10, 240), "settings": settings}
    return train_forest(fields, seed=seed, **{**options, **changes})


def segmented(forest, gray, **options):
    return np.concatenate(list(forest_bands(forest, gray, **options)))


@pytest.fixture(scope="module")
def trained(rock) -> TrainedForest:
    return fit(rock)


def test_features_are_those_of_scikit_image():
    gray = np.random.default_rng(0).normal(size=(40 + 2 * HALO, 50 + 2 * HALO)).astype(np.float32)
    found, inside = features_of(gray), (slice(HALO, -HALO),) * 2
    for scale, sigma in enumerate(SIGMAS):
        smooth, square = (
            gaussian(image, sigma, truncate=features.TRUNCATE) for image in (gray, gray**2)
        )
        rows, columns = np.gradient(smooth)
        rr = np.roll(smooth, 1, 0) + np.roll(smooth, -1, 0) - 2 * smooth
        cc = np.roll(smooth, 1, 1) + np.roll(smooth, -1, 1) - 2 * smooth
        ridges = hessian_matrix_eigvals([rr, np.gradient(rows)[1], cc])
        spread = np.sqrt(square - smooth**2)
        wanted = [smooth, np.hypot(rows, columns), *ridges, spread]
        for one, other in zip(found[PER_SCALE * scale :], wanted, strict=False):
            np.testing.assert_allclose(one, other[inside], atol=2e-5)


# --- what is outside --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outside(rock):
    """A disc of rock in a corner that was not scanned, and some scratches."""
    rows, columns = np.indices(rock.gray.shape)
    scratches = (rows + 2 * columns) % 97 == 0
    return scratches | (np.hypot(rows - 250, columns - 640) > 420)


def other_gray(rock, outside):
    """The rock with anything else where it is outside."""
    levels = np.random.default_rng(8).integers(0, 256, outside.shape, np.uint8)
    return dataclasses.replace(rock, gray=np.where(outside, levels, rock.gray))


def test_features_near_a_rim_are_of_the_rock_alone():
    """A normalised convolution: the Gaussian's weights on rock sum to one."""
    rng = np.random.default_rng(0)
    gray = rng.normal(size=(30 + 2 * HALO, 20 + 2 * HALO)).astype(np.float32)
    outside = np.zeros(gray.shape, bool)
    outside[:, : HALO + 8] = True
    found, inside = features_of(gray, outside), (slice(HALO, -HALO),) * 2
    for scale, sigma in enumerate(SIGMAS):
        kept, smooth, square = (
            gaussian(np.where(outside, 0, image), sigma, truncate=features.TRUNCATE)
            for image in (np.ones_like(gray), gray, gray**2)
        )
        smooth, square = (image / np.maximum(kept, 1e-12) for image in (smooth, square))
        spread = np.sqrt(np.maximum(square - smooth**2, 0))
        for at, wanted in ((0, smooth), (4, spread)):
            there = found[PER_SCALE * scale + at][:, 8:]
            np.testing.assert_allclose(there, wanted[inside][:, 8:], atol=5e-5)
    flat = features_of(np.where(outside, gray, np.float32(0.25)), outside)[:, :, 8:]
    wanted = np.tile([0.25, 0, 0, 0, 0, 0], len(SIGMAS))[:, None, None]
    np.testing.assert_allclose(flat, wanted + 0 * flat, atol=2e-3)


def test_what_is_far_outside_changes_no_bit_of_a_feature():
    gray = np.random.default_rng(0).normal(size=(40 + 2 * HALO, 300 + 2 * HALO)).astype(np.float32)
    outside = np.zeros(gray.shape, bool)
    assert np.array_equal(features_of(gray, outside), features_of(gray))
    outside[:, :90] = True
    clear = 90  # from here on the widest Gaussian does not reach it
    found, wanted = features_of(gray, outside), features_of(gray)
    assert np.array_equal(found[:, :, clear:], wanted[:, :, clear:])
    assert not np.array_equal(found[:, :, :clear], wanted[:, :, :clear])


def test_what_is_outside_is_0_and_no_other_pixel_sees_it(rock, outside, trained, monkeypatch):
    found = segmented(trained.forest, rock.gray, outside=outside)
    assert np.array_equal(found == 0, outside)
    other = other_gray(rock, outside).gray
    assert np.array_equal(segmented(trained.forest, other, outside=outside), found)
    monkeypatch.setattr(inference, "BLOCK", 150)
    assert np.array_equal(segmented(trained.forest, other, outside=outside, threads=2), found)
    truth = np.where(outside, 0, np.where(rock.truth == 1, 1, 2))
    rim = binary_dilation(outside, iterations=4) & ~outside
    assert (found == truth)[rim].mean() > 0.9


def test_labels_and_gray_outside_teach_nothing(rock, outside, tmp_path):
    inside = np.where(outside, 0, rock.labels)
    made = fit(rock, inside, outside=outside)
    other = fit(other_gray(rock, outside), rock.labels, outside=outside)
    for name, one in (("a", made), ("b", other)):
        save_forest(tmp_path / name, one.forest)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert made.scores == other.scores
    pixels = {row["class"]: row["pixels"] for row in made.scores}
    assert pixels == {value: np.count_nonzero(inside == value) for value in (1, 2)}


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_rock_of_another_pixel_size_is_segmented_at_the_forests(rock, trained, outside, factor):
    """What was enlarged is segmented as before, with nothing but 0 outside."""
    larger = Resampled(rock.gray, 1 / factor)[:].astype(np.uint8)
    hidden = np.zeros(larger.shape, bool)
    hidden[:100, :50] = True
    bands = partial(forest_bands, trained.forest)
    found = np.concatenate(list(segmented_at(bands, larger, factor, hidden)))
    assert np.array_equal(found == 0, hidden)
    truth = np.where(resize(rock.truth == 1, larger.shape, order=0), 1, 2)
    hits = np.count_nonzero((found == 1) & (truth == 1))
    assert hits / np.count_nonzero((found == 1) | (truth == 1) & ~hidden) > 0.6


# --- fitted to strokes ------------------------------------------------------------------------


def test_a_forest_finds_the_phase_from_strokes(rock, trained):
    truth = np.where(rock.truth == 1, 1, 2)
    found = segmented(trained.forest, rock.gray)
    both = np.count_nonzero((found == 1) & (truth == 1))
    assert both / np.count_nonzero((found == 1) | (truth == 1)) > 0.75
    assert {row["class"] for row in trained.scores} == {1, 2}
    assert all(row["iou"] > 0.6 and not row["advice"] for row in trained.scores)


@pytest.mark.parametrize("block", [48, 130, 2048])
def test_any_pieces_and_threads_segment_alike(rock, trained, block, monkeypatch):
    """Probabilities too, bit by bit, up to the mirrored border."""
    gray = rock.gray[:200, :300]
    whole = probabilities(trained.forest, surroundings(gray, slice(0, 200), slice(0, 300)))
    part = probabilities(trained.forest, surroundings(gray, slice(90, 200), slice(13, 44)))
    assert np.array_equal(whole[:, 90:, 13:44], part)
    before = segmented(trained.forest, gray)
    monkeypatch.setattr(inference, "BLOCK", block)
    assert np.array_equal(before, segmented(trained.forest, gray, threads=3))


def test_how_probable_the_labels_are_is_told_in_any_pieces(rock, outside, trained, monkeypatch):
    gray, hidden = rock.gray[:200, :300], outside[:200, :300]
    spans = slice(0, 200), slice(0, 300)
    around = surroundings(gray, *spans), surroundings(hidden, *spans)
    wanted = probabilities(trained.forest, *around).max(axis=0)
    found = []
    for block in (inference.BLOCK, 130):
        monkeypatch.setattr(inference, "BLOCK", block)
        found.append(Confidence())
        segmented(trained.forest, gray, outside=hidden, confidence=found[-1], threads=2)
    assert np.array_equal(found[0].image, found[1].image)
    told = found[0].told(gray.shape)
    assert told == found[1].told(gray.shape)
    assert told["mean"] == pytest.approx(wanted[~hidden].mean(), abs=1e-3)
    assert told["pixels"] == np.count_nonzero(~hidden)


def test_a_mosaic_smaller_than_the_surroundings_is_segmented(trained):
    gray = np.random.default_rng(0).integers(0, 255, (5, 70), np.uint8)
    assert set(np.unique(segmented(trained.forest, gray))) <= {1, 2}


def test_same_labels_same_bytes_for_any_threads_and_fields(rock, tmp_path):
    """The label image, or its fields cut out: the features' surroundings are the mosaic's."""
    labels = np.zeros_like(rock.labels)
    labels[100:420, 200:900] = rock.labels[100:420, 200:900]
    options = {"classes": {}, "gray_range": (10, 240), "settings": SMALL}
    whole = labelled_fields(rock.gray, labels, HALO)
    cut = fields_at(rock.gray, [(labels[100:420, 200:900], 100, 200)], HALO)
    for name, fields, seed, threads in (
        ("a", whole, 1, 1), ("b", whole, 1, 3), ("c", cut, 1, 2), ("d", whole, 2, 1)
    ):  # fmt: skip
        made = train_forest(fields, seed=seed, threads=threads, **options)
        save_forest(tmp_path / name, made.forest)
    contents = [(tmp_path / name).read_bytes() for name in "abcd"]
    assert contents[0] == contents[1] == contents[2] != contents[3]


def test_trees_vote_as_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    examples = rng.normal(size=(800, N_FEATURES)).astype(np.float32)
    classes = (examples[:, 3] > 0).astype(int) + 2 * (examples[:, 7] > 0.5)
    model = ExtraTreesClassifier(7, random_state=0).fit(examples, classes)
    asked = rng.normal(size=(700, N_FEATURES)).astype(np.float32)
    asked[:500] = examples[:500]
    found = trees_of(model.estimators_, 4, model.classes_).votes(np.ascontiguousarray(asked.T))
    np.testing.assert_allclose(found.T, model.predict_proba(asked), atol=1e-6)


def two_strokes(rock, classes=(1, 2), where=(40, 90)):
    """Two strokes of each phase beside one another, within 30 px, the second some px below."""
    labels = np.zeros_like(rock.labels)
    for value in classes:
        place = tuple(slice(first, first + 30) for first in where)
        there = np.argwhere(rock.truth[place] == (value == 1))
        for stroke in (there[:8], there[-8:]):
            labels[stroke[:, 0] + where[0], stroke[:, 1] + where[1]] = value
    return labels


def test_two_strokes_of_each_phase_in_one_field_are_enough(rock):
    made = fit(rock, two_strokes(rock, where=(65, 97)))
    assert set(np.unique(segmented(made.forest, rock.gray[:128, :128]))) == {1, 2}
    for row in made.scores:
        assert np.isnan(row["iou"]) and np.isnan(row["fraction_predicted"])
        assert row["pixels"] == 16
        assert f"class {row['class']} is labelled in a single place" in row["advice"]
        assert "32 px or more away" in row["advice"]


def test_a_class_in_a_single_place_leaves_the_others_known(rock):
    labels = rock.labels.copy()
    row, column = np.argwhere(labels == 2)[0]
    labels[row : row + 2, column : column + 2] = 5
    made = fit(rock, labels, classes={1: "pore", 2: "grain", 5: "crack", 7: "olivine"})
    scores = {one["class"]: one for one in made.scores}
    assert made.forest.classes == (1, 2, 5)
    assert scores[1]["iou"] > 0.6 and scores[2]["iou"] > 0.6
    assert np.isnan(scores[5]["iou"]) and "paint it in another one" in scores[5]["advice"]
    assert np.isnan(scores[7]["iou"]) and scores[7]["name"] == "olivine"
    assert scores[7]["advice"] == "no pixel is labelled as class 7; paint a stroke of it"


def test_folds_divide_places_and_every_class_is_taught_and_tested(rock):
    fields = labelled_fields(rock.gray, rock.labels, HALO)
    folds = folds_by_place(fields, (1, 2))
    assert set(folds.fold_of.values()) == set(range(FOLDS))
    rows, columns = np.nonzero(rock.labels)
    of_pixels = folds.at(rows, columns)
    for value in (1, 2):
        assert len(set(of_pixels[rock.labels[rows, columns] == value].tolist())) == FOLDS
    squares = set(zip(rows // folds.side, columns // folds.side, of_pixels, strict=True))
    assert len(squares) == len(folds.fold_of)


def test_scores_are_of_trees_that_have_not_seen_the_place():
    """Labels at random can be learnt by heart, but not foretold elsewhere."""
    rng = np.random.default_rng(3)
    gray = rng.integers(0, 255, (256, 512), np.uint8)
    labels = np.where(rng.random(gray.shape) < 0.05, rng.integers(1, 3, gray.shape), 0)
    made = fit(SyntheticRock(gray, gray, labels), labels, ForestSettings(trees=12, leaf=1))
    by_heart = segmented(made.forest, gray)[labels > 0] == labels[labels > 0]
    assert by_heart.mean() > 0.95
    assert all(row["iou"] < 0.45 for row in made.scores)


def test_classes_count_by_all_of_their_labels(rock):
    """With no more than some pixels of each class the fractions stay those of the labels."""
    made = fit(rock, settings=dataclasses.replace(SMALL, pixels=800))
    for row in made.scores:
        assert row["fraction_predicted"] == pytest.approx(row["fraction_labelled"], abs=0.1)


@pytest.mark.parametrize(
    ("labels", "changes", "message"),
    [
        (1, {}, r"two classes or more, has \[1\]"),
        (1, {"classes": {1: "pore", 2: "grain"}}, r"two classes or more, has \[1\]"),
        (2, {"gray_range": (7, 7)}, "must rise, not go from 7 to 7"),
        (2, {"classes": {1: "pore", 3: "grain"}}, r"labels \[2\] are none of the classes \[1, 3\]"),
    ],
)
def test_unfit_input_is_refused(rock, labels, changes, message):
    striped = np.minimum(1 + np.indices(rock.gray.shape)[0] % 2, labels)
    with pytest.raises(ValueError, match=message):
        fit(rock, striped, **changes)


def test_a_file_holds_the_forest(rock, trained, tmp_path):
    names = {1: "pore", 2: "grain"}
    forest = dataclasses.replace(trained.forest, class_names=names)
    save_forest(tmp_path / "model.npz", forest)
    loaded = load_forest(tmp_path / "model.npz")
    assert (loaded.classes, loaded.gray_range, loaded.class_names) == ((1, 2), (10, 240), names)
    gray = rock.gray[:90, :90]
    assert np.array_equal(segmented(loaded, gray), segmented(forest, gray))


def rewritten(path, **changes):
    """The file of a forest with other arrays."""
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **arrays | {name: change(arrays[name]) for name, change in changes.items()})


@pytest.mark.parametrize(
    "changes",
    [
        {"left": lambda left: left + 1_000_000},
        {"right": lambda right: right * 0},  # a walk without end
        {"feature": lambda feature: np.where(feature >= 0, np.int16(N_FEATURES), feature)},
        {"roots": lambda roots: roots - 1},
        {"shares": lambda shares: shares[:, :1]},
        {"threshold": lambda threshold: threshold[:-1]},
        {"threshold": lambda threshold: threshold.astype(np.float64)},
        {"told": lambda told: np.array(json.dumps({"format": 1}))},
    ],
)
def test_a_file_that_would_lead_astray_is_refused(trained, tmp_path, changes):
    path = tmp_path / "model.npz"
    save_forest(path, trained.forest)
    rewritten(path, **changes)
    with pytest.raises(ValueError, match="model.npz: not a forest of this project"):
        load_forest(path)


def test_other_files_are_named_and_refused(trained, tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(ValueError, match="model.npz: no such file"):
        load_forest(path)
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match="not a forest of this project"):
        load_forest(path)
    with zipfile.ZipFile(path, "w") as network:
        network.writestr("archive/data.pkl", b"")
    with pytest.raises(ValueError, match="not a forest of this project"):
        load_forest(path)
    save_forest(path, trained.forest)
    rewritten(path, told=lambda told: np.array(json.dumps({"format": 99})))
    with pytest.raises(ValueError, match="a forest of format 99, this version reads 1"):
        load_forest(path)
    save_forest(path, trained.forest)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match="model.npz: truncated or damaged"):
        load_forest(path)

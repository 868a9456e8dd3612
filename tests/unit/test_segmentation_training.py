"""Training keeps to its promises: the seed decides all, and no kill does."""

import dataclasses

import numpy as np
import pytest
import torch

from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.course import Course
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.inference import segment
from rockrec.segmentation.model import save_unet
from rockrec.segmentation.training import TrainedUNet, train_unet
from rockrec.synthetic import SyntheticRock, make_rock

TINY = UNetSettings(crop=32, batch=2, epochs=2, steps=2)
FEW = ForestSettings(trees=5)


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 256, 768, seed=4)


def train(gray, labels, settings=TINY, seed=1, **changes) -> TrainedUNet:
    options = {"classes": {}, "gray_range": (10, 240), "settings": settings, "seed": seed}
    return train_unet(labelled_fields(gray, labels), forest=FEW, **{**options, **changes})


def test_same_seed_same_bytes(rock, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        save_unet(tmp_path / f"{name}.pt", train(rock.gray, rock.labels, seed=seed).unet)
    contents = {name: (tmp_path / f"{name}.pt").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"] != contents["c"]


def test_16_bit_gray_trains_as_its_8_bit_twin(rock):
    """A mosaic on another scale, its range with it, is the same to the network."""
    one = train(rock.gray, rock.labels)
    other = train(
        rock.gray.astype(np.uint16) * 256, rock.labels, gray_range=np.array([2560, 61440])
    )
    losses = [[row["loss"] for row in made.history] for made in (one, other)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_classes_keep_their_label_values_and_names(rock):
    labels = np.where(rock.labels == 1, 9, rock.labels).astype(np.int32)
    labels[(rock.labels == 2) & (np.indices(labels.shape)[1] % 32 < 16)] = 4
    names = {9: "pore", 2: "olivine", 4: "serpentine"}
    made = train(rock.gray, labels, classes=names)
    assert made.unet.classes == (2, 4, 9)
    assert made.unet.class_names == names
    assert [row["class"] for row in made.scores] == [2, 4, 9] * 2  # of the forest, and of the U-Net
    assert {"predicted_2", "predicted_4", "predicted_9"} <= set(made.scores[0])
    assert set(np.unique(segment(made.unet, rock.gray[:128, :128]))) <= {2, 4, 9}


def test_training_ends_when_validation_is_no_better(rock):
    """Steps too small to change anything: the first epoch stays the best."""
    settings = dataclasses.replace(TINY, epochs=6, steps=1, learning_rate=1e-12, patience=2)
    made = train(rock.gray, rock.labels, settings)
    best = int(np.argmax([row["unseen_iou"] for row in made.history]))
    assert len(made.history) == best + 3 < 6
    assert [row["kept"] for row in made.history].index(True) == best


def test_a_frozen_encoder_keeps_its_weights_and_statistics(rock):
    initial = train(rock.gray, rock.labels).unet
    before = {name: value.clone() for name, value in initial.network.state_dict().items()}
    frozen = dataclasses.replace(TINY, freeze_encoder_epochs=2)
    after = train(rock.gray, rock.labels, frozen, 2, initial=initial).unet.network.state_dict()
    kept = {name for name in before if torch.equal(before[name], after[name])}
    assert {name for name in before if name.startswith("encoder.")} <= kept
    assert not {name for name in before if name.startswith("decoder.0.0")} & kept


def test_a_thawed_encoder_learns_again(rock):
    initial = train(rock.gray, rock.labels).unet
    frozen, thawed = (
        train(
            rock.gray,
            rock.labels,
            dataclasses.replace(TINY, freeze_encoder_epochs=epochs),
            initial=initial,
        ).history
        for epochs in (2, 1)
    )
    assert frozen[0]["loss"] == thawed[0]["loss"]
    assert frozen[1]["loss"] != thawed[1]["loss"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encoder": "resnet18"}, "the initial model has the encoder small, this .* resnet18"),
        ({}, "the initial model has the number of classes 2, this training 3"),
    ],
)
def test_initial_model_of_another_kind_is_refused(rock, change, message):
    initial = train(rock.gray, rock.labels, dataclasses.replace(TINY, epochs=1, steps=1)).unet
    labels = rock.labels.copy()
    if not change:
        labels[(labels == 2) & (np.indices(labels.shape)[1] % 32 < 16)] = 3
    with pytest.raises(ValueError, match=message):
        train(rock.gray, labels, dataclasses.replace(TINY, **change), initial=initial)


def test_freezing_an_encoder_that_learnt_nothing_is_refused(rock):
    settings = dataclasses.replace(TINY, freeze_encoder_epochs=1)
    with pytest.raises(ValueError, match="needs an encoder that was trained before"):
        train(rock.gray, rock.labels, settings)


@pytest.mark.parametrize(
    ("labels", "changes", "message"),
    [
        (1, {}, "two classes or more, has \\[1\\]"),
        (0, {}, "two classes or more, has \\[\\]"),
        (2, {"gray_range": (7, 7)}, "must rise, not go from 7 to 7"),
        (2, {"classes": {1: "pore", 3: "grain"}}, r"labels \[2\] are none of the classes \[1, 3\]"),
    ],
)
def test_unfit_input_is_refused(labels, changes, message):
    striped = np.minimum(1 + np.indices((64, 128))[0] % 2, labels)
    with pytest.raises(ValueError, match=message):
        train(np.zeros((64, 128), np.uint8), striped, **changes)


def test_unknown_encoder_is_named(rock):
    settings = dataclasses.replace(TINY, encoder="resnet1800")
    with pytest.raises(ValueError, match="no encoder 'resnet1800'"):
        train(rock.gray, rock.labels, settings)


# --- few strokes ----------------------------------------------------------------------------


def two_strokes(rock, *places) -> np.ndarray:
    """Two strokes of each class in one field, or in several."""
    labels = np.zeros_like(rock.labels)
    for row, column in places:
        labels[row : row + 4, column : column + 12] = 1
        labels[row + 20 : row + 24, column : column + 12] = 2
        labels[row + 40 : row + 44, column : column + 12] = 1
        labels[row + 60 : row + 64, column : column + 12] = 2
    return labels


def test_two_strokes_of_each_class_in_one_corner_are_enough_to_begin(rock):
    """Within 32 px nothing can be held back: what is not known is said, and what to paint."""
    labels = np.zeros_like(rock.labels)
    labels[2:5, 2:12], labels[10:12, 2:12] = 1, 1
    labels[20:23, 2:12], labels[28:31, 2:12] = 2, 2
    made = train(rock.gray, labels)
    assert made.unet.classes == (1, 2)
    assert len(made.history) == TINY.epochs
    assert [row["kept"] for row in made.history] == [False, True]  # no choice: the last
    rows = [row for row in made.scores if row["model"] == "trained"]
    assert [row["pixels"] for row in rows] == [50, 60]
    for row in rows:
        assert np.isnan(row["iou"])
        assert "paint it in another one, 32 px or more away" in row["advice"]


def test_two_strokes_of_each_class_in_one_field_can_be_scored(rock):
    made = train(rock.gray, two_strokes(rock, (30, 100)))
    for row in made.scores:
        assert row["advice"] == "" and 0 <= row["iou"] <= 1


def test_a_named_class_that_is_not_painted_yet_is_not_known(rock):
    names = {1: "pore", 2: "grain", 5: "clay"}
    made = train(rock.gray, rock.labels, classes=names)
    assert made.unet.classes == (1, 2)
    (row,) = [row for row in made.scores if row["model"] == "trained" and row["class"] == 5]
    assert row["name"] == "clay" and row["pixels"] == 0 and np.isnan(row["iou"])
    assert row["advice"] == "no pixel is labelled as class 5; paint a stroke of it"


def test_each_fold_is_scored_after_the_epoch_that_the_others_choose(rock, monkeypatch):
    """Two folds, two epochs: the first fold is right after the first one, the second after both."""
    right = {0: (True, False), 1: (True, True)}
    asked = []

    def counted(self, fold):
        hit = right[fold][self.epoch - 1]
        asked.append((self.epoch, fold))
        found = np.diag([10, 10]) if hit else np.full((2, 2), 5)
        return [(found, np.zeros((2, 4), np.int64))]

    monkeypatch.setattr(Course, "_counted", counted)
    made = train(rock.gray, rock.labels)
    assert asked == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert [row["unseen_iou"] for row in made.history] == pytest.approx([1.0, 3 / 5])
    assert [row["kept"] for row in made.history] == [True, False]
    assert [row["iou"] for row in made.scores if row["model"] == "trained"] == [1.0, 1.0]
    right[0] = (False, True)
    made = train(rock.gray, rock.labels)
    assert [row["kept"] for row in made.history] == [False, True]
    # The second fold is right after any; of equals it chooses the first, which misses the first.
    assert [row["iou"] for row in made.scores if row["model"] == "trained"] == pytest.approx(
        [3 / 5, 3 / 5]
    )

"""Training keeps to its promises: the seed decides all, the test part nothing."""

import dataclasses

import numpy as np
import pytest
import torch

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.inference import segment
from rockrec.segmentation.label_classes import cuts
from rockrec.segmentation.model import save_unet
from rockrec.segmentation.training import TrainedUNet, train_unet
from rockrec.synthetic import SyntheticRock, make_rock

TINY = UNetSettings(crop=32, batch=2, epochs=2, steps=2)


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 256, 768, seed=4)


def train(gray, labels, settings=TINY, seed=1, **changes) -> TrainedUNet:
    options = {"classes": {}, "gray_range": (10, 240), "settings": settings, "seed": seed}
    return train_unet(labelled_fields(gray, labels), gray.shape, **{**options, **changes})


def test_same_seed_same_bytes(rock, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        save_unet(tmp_path / f"{name}.pt", train(rock.gray, rock.labels, seed=seed).unet)
    contents = {name: (tmp_path / f"{name}.pt").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"] != contents["c"]


def test_test_part_touches_neither_training_nor_choice(rock):
    """Other pixels and other labels in the test part: the same weights and history."""
    fields = labelled_fields(rock.gray, rock.labels)
    _, parts = cuts(fields, rock.gray.shape, TINY.validation_fraction, TINY.test_fraction)
    band = (slice(None), slice(parts["test"].start, None))
    gray, labels = rock.gray.copy(), rock.labels.copy()
    gray[band] = gray[band][::-1, ::-1]
    labels[band] = np.where(labels[band] > 0, 3 - labels[band], 0)
    first, second = train(rock.gray, rock.labels), train(gray, labels)
    assert first.history == second.history
    one, other = first.unet.network.state_dict(), second.unet.network.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_gray_far_from_every_label_counts_for_nothing(rock):
    labels = np.zeros_like(rock.labels)
    for first in range(0, 768, 96):
        labels[:64, first : first + 40] = rock.labels[:64, first : first + 40]
        labels[20:28, first : first + 8] = 1
        labels[40:48, first : first + 8] = 2
    changed = rock.gray.copy()
    changed[128:] = changed[128:][::-1]
    one, other = train(rock.gray, labels), train(changed, labels)
    assert one.history == other.history
    assert str(one.scores) == str(other.scores)  # nan is not itself


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
    assert [row["class"] for row in made.scores] == [2, 4, 9, 2, 4, 9]
    assert {"predicted_2", "predicted_4", "predicted_9"} <= set(made.scores[0])
    assert set(np.unique(segment(made.unet, rock.gray[:128, :128]))) <= {2, 4, 9}


def test_training_ends_when_validation_is_no_better(rock):
    """Steps too small to change anything: the first epoch stays the best."""
    settings = dataclasses.replace(TINY, epochs=6, steps=1, learning_rate=1e-12, patience=2)
    made = train(rock.gray, rock.labels, settings)
    best = int(np.argmax([row["validation_iou"] for row in made.history]))
    assert len(made.history) == best + 3 < 6
    assert [row["kept"] for row in made.history].index(True) == best


def test_a_frozen_encoder_keeps_its_weights_and_statistics(rock):
    initial = train(rock.gray, rock.labels).unet
    before = {name: value.clone() for name, value in initial.network.state_dict().items()}
    frozen = dataclasses.replace(TINY, freeze_encoder_epochs=2)
    after = train(rock.gray, rock.labels, frozen, 2, initial=initial).unet.network.state_dict()
    kept = {name for name in before if torch.equal(before[name], after[name])}
    assert {name for name in before if name.startswith("encoder.")} <= kept
    assert not {name for name in before if name.endswith("conv1.0.weight")} & kept


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
        ({"encoder": "resnet34"}, "the initial model has the encoder resnet18, this .* resnet34"),
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
        (2, {"classes": {1: "", 2: "", 5: ""}}, "train part has 0 labelled pixels of class 5"),
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

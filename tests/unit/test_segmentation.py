"""The U-Net learns from labelled pixels only, is scored on pixels it never saw, and segments
a mosaic as if there were no windows."""

import dataclasses

import numpy as np
import pytest
import torch

from rockrec.segmentation import (
    TrainedUNet,
    UNet,
    UNetSettings,
    load_unet,
    save_unet,
    segment,
    train_unet,
)
from rockrec.segmentation.inference import blending_weights
from rockrec.segmentation.parts import class_ious, confusion, score_rows, split_labels
from rockrec.synthetic import SyntheticRock, make_rock

TINY = UNetSettings(crop=32, batch=2, epochs=2, steps=2)


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 512, 1280, seed=4)


@pytest.fixture(scope="module")
def trained(rock) -> TrainedUNet:
    settings = UNetSettings(crop=64, batch=8, epochs=4, steps=25)
    return train_unet(rock.gray, rock.labels, settings=settings, seed=1)


class Local(torch.nn.Module):
    """A network with a known answer: dark pixels are class 0, bright ones class 1."""

    def __init__(self, side: int):
        super().__init__()
        self.mean = torch.nn.Conv2d(1, 1, side, padding=side // 2, bias=False)
        torch.nn.init.constant_(self.mean.weight, 1 / side**2)

    def forward(self, gray):
        bright = self.mean(gray)
        return 10 * torch.cat([-bright, bright], dim=1)


def local_unet(side: int = 1, classes=(3, 7)) -> UNet:
    return UNet(Local(side), TINY, classes, (0.0, 255.0))


# --- parts and scores -----------------------------------------------------------------------


@pytest.mark.parametrize("transposed", [False, True])
def test_parts_are_bands_with_their_share_of_the_labels(transposed):
    rng = np.random.default_rng(0)
    labels = np.zeros((200, 400), np.uint8)
    labels[:, 250:] = rng.integers(0, 3, (200, 150))  # labelled in one corner only
    if transposed:
        labels = labels.T
    bands = split_labels(labels, 0.2, 0.25)
    covered = np.zeros(labels.shape, int)
    for part, share in (("train", 0.55), ("validation", 0.2), ("test", 0.25)):
        covered[bands[part]] += 1
        found = np.count_nonzero(labels[bands[part]]) / np.count_nonzero(labels)
        assert found == pytest.approx(share, abs=0.02)
    assert (covered == 1).all()


def test_every_part_needs_labels_of_every_class():
    labels = np.zeros((100, 400), np.uint8)
    labels[:50] = 2
    labels[50:, :200] = 1  # none in the last part
    with pytest.raises(ValueError, match="the test part has 0 labelled pixels of class 1"):
        split_labels(labels, 0.2, 0.2)
    labels = np.zeros((100, 400), np.uint8)
    labels[:50, 200], labels[50:, 200] = 1, 2  # all in one column
    with pytest.raises(ValueError, match="the validation part has 0 labelled pixels"):
        split_labels(labels, 0.2, 0.2)


def test_scores_by_hand():
    truth = np.array([[2, 2, 2, 5], [5, 5, 0, 0]], np.uint8)
    predicted = np.array([[2, 2, 5, 5], [5, 2, 2, 5]], np.uint8)
    counts = confusion(truth, predicted, (2, 5))
    assert counts.tolist() == [[2, 1], [1, 2]]
    assert class_ious(counts).tolist() == [0.5, 0.5]
    first, second = score_rows("test", counts, (2, 5))
    assert first == {
        "part": "test",
        "class": 2,
        "iou": 0.5,
        "f1": pytest.approx(2 / 3),
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "pixels": 3,
        "predicted_2": 2,
        "predicted_5": 1,
    }
    assert second["class"] == 5


# --- inference ------------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "overlap"), [(64, 0), (64, 10), (96, 33), (64, 32)])
def test_blending_weights_sum_to_one(window, overlap):
    step = window - overlap
    total = np.zeros(6 * step + overlap)
    for index in range(6):
        total[index * step : index * step + window] += blending_weights(window, overlap)
    inside = total[overlap : 6 * step]
    assert np.allclose(inside, 1.0, atol=1e-6)


@pytest.mark.parametrize("shape", [(32, 32), (100, 203), (7, 300), (130, 64)])
@pytest.mark.parametrize(("window", "overlap", "batch"), [(64, 16, 3), (32, 0, 1), (96, 48, 2)])
def test_windows_leave_no_trace_of_a_network_without_context(shape, window, overlap, batch):
    image = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    found = segment(local_unet(), image, window=window, overlap=overlap, batch=batch)
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.where(image > 127, 7, 3))


def test_only_windows_with_needed_pixels_are_segmented():
    image = np.full((256, 256), 200, np.uint8)
    needed = np.zeros(image.shape, bool)
    needed[10, 20] = True
    found = segment(local_unet(), image, window=32, overlap=0, needed=needed)
    assert (found[:32, :32] == 7).all()
    assert np.count_nonzero(found) == 32 * 32


def test_result_hardly_depends_on_the_grid_of_windows(rock, trained):
    """The wider the overlap, the less a shifted grid changes; butted windows change most."""
    inner = (slice(64, -64), slice(64, -64))

    def changed_by_a_shifted_grid(overlap):
        one = segment(trained.unet, rock.gray, window=256, overlap=overlap)
        other = segment(trained.unet, rock.gray[32:, 96:], window=256, overlap=overlap)
        return np.mean(one[32:, 96:][inner] != other[inner])

    butted, narrow, wide = (changed_by_a_shifted_grid(overlap) for overlap in (0, 64, 128))
    assert wide < narrow < butted
    assert wide < 0.2 * butted


def test_no_seam_along_the_windows(rock, trained):
    """Labels change between neighbouring columns as often at a window's border as elsewhere."""
    found = segment(trained.unet, rock.gray, window=128, overlap=32)
    changes = np.mean(found[:, 1:] != found[:, :-1], axis=0)
    borders = np.arange(96, 1200, 96)  # the middle of an overlap lies at each, less 16
    at_borders = np.mean([changes[borders - 16 + shift].mean() for shift in range(-2, 3)])
    assert at_borders == pytest.approx(changes.mean(), rel=0.3)


def test_bfloat16_agrees_with_float32(rock, trained):
    image = rock.gray[:256, :256]
    single = segment(trained.unet, image, window=128, overlap=32)
    half = segment(trained.unet, image, window=128, overlap=32, precision="bfloat16")
    assert np.mean(single != half) < 0.02


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 100}, "window must be a multiple of 32 px, not 100"),
        ({"window": 64, "overlap": 33}, "overlap must be 0 to 32 px"),
        ({"batch": 0}, "batch must be 1 or more"),
        ({"precision": "float16"}, "precision 'float16' is none of float32, bfloat16"),
    ],
)
def test_window_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        segment(local_unet(), np.zeros((64, 64), np.uint8), **settings)


def test_image_to_segment_must_be_2d():
    with pytest.raises(ValueError, match="two dimensions"):
        segment(local_unet(), np.zeros((2, 64, 64), np.uint8))


# --- training -------------------------------------------------------------------------------


def test_it_learns_the_rock(rock, trained):
    test = {row["class"]: row["iou"] for row in trained.scores if row["part"] == "test"}
    assert min(test.values()) > 0.8
    found = segment(trained.unet, rock.gray, window=256, overlap=32) == 1
    truth = rock.truth == 1
    assert (found & truth).sum() / (found | truth).sum() > 0.75
    assert found.mean() == pytest.approx(truth.mean(), rel=0.15)


def test_history_tells_of_each_epoch_and_keeps_the_best(trained):
    history = trained.history
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert set(history[0]) == {"epoch", "loss", "validation_iou", "learning_rate", "kept"}
    best = max(row["validation_iou"] for row in history)
    (kept,) = [row for row in history if row["kept"]]
    assert kept["validation_iou"] == best
    validated = [row["iou"] for row in trained.scores if row["part"] == "validation"]
    assert np.mean(validated) == pytest.approx(best)
    assert history[-1]["loss"] < history[0]["loss"]


def test_same_seed_same_bytes(rock, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        made = train_unet(rock.gray, rock.labels, settings=TINY, seed=seed)
        save_unet(tmp_path / f"{name}.pt", made.unet)
    contents = {name: (tmp_path / f"{name}.pt").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"] != contents["c"]


def test_test_part_touches_neither_training_nor_choice(rock):
    """Other pixels and other labels in the test part: the same weights and history."""
    band = split_labels(rock.labels, TINY.validation_fraction, TINY.test_fraction)["test"]
    gray, labels = rock.gray.copy(), rock.labels.copy()
    gray[band] = gray[band][::-1, ::-1]  # the same gray levels, so the same contrast range
    labels[band] = np.where(labels[band] > 0, 3 - labels[band], 0)
    first = train_unet(rock.gray, rock.labels, settings=TINY, seed=1)
    second = train_unet(gray, labels, settings=TINY, seed=1)
    assert first.history == second.history
    one, other = first.unet.network.state_dict(), second.unet.network.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_unlabelled_pixels_of_the_train_part_count_for_nothing(rock):
    """A part of the mosaic farther than a crop from every label may hold anything."""
    gray, labels = rock.gray.copy(), np.zeros_like(rock.labels)
    for first in range(0, 1280, 160):
        labels[:128, first : first + 40] = rock.labels[:128, first : first + 40]
        labels[20:28, first : first + 8] = 1
        labels[40:48, first : first + 8] = 2
    changed = gray.copy()
    changed[300:] = changed[300:][::-1]
    one = train_unet(gray, labels, settings=TINY, seed=1)
    other = train_unet(changed, labels, settings=TINY, seed=1)
    assert [row["loss"] for row in one.history] == [row["loss"] for row in other.history]


def test_classes_keep_their_label_values(rock):
    labels = np.where(rock.labels == 1, 9, rock.labels).astype(np.int32)
    labels[(rock.labels == 2) & (np.indices(labels.shape)[1] % 32 < 16)] = 4
    made = train_unet(rock.gray, labels, settings=TINY, seed=1)
    assert made.unet.classes == (2, 4, 9)
    assert [row["class"] for row in made.scores] == [2, 4, 9, 2, 4, 9]
    assert {"predicted_2", "predicted_4", "predicted_9"} <= set(made.scores[0])
    assert set(np.unique(segment(made.unet, rock.gray[:128, :128]))) <= {2, 4, 9}


@pytest.mark.parametrize(
    ("gray", "labels", "message"),
    [
        (np.zeros((64, 64)), np.zeros((64, 65), int), "of one shape"),
        (np.full((64, 64), np.nan), np.ones((64, 64), int), "not finite"),
        (np.zeros((64, 64)), np.ones((64, 64)), "whole numbers, not float64"),
        (np.zeros((64, 64)), np.full((64, 64), 300), "0 to 255"),
        (np.zeros((64, 64)), np.ones((64, 64), int), "two classes or more, has \\[1\\]"),
        (np.zeros((64, 64)), 1 + np.indices((64, 64))[0] % 2, "have the gray level 0"),
    ],
)
def test_unfit_input_is_refused(gray, labels, message):
    with pytest.raises(ValueError, match=message):
        train_unet(gray, labels, settings=TINY, seed=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crop": 100}, "crop must be a multiple of 32"),
        ({"steps": 0}, "steps must be 1 or more"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0"),
        ({"validation_fraction": 0.6, "test_fraction": 0.4}, "leave a training part"),
        ({"precision": "half"}, "precision 'half'"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(TINY, **changes)


def test_unknown_encoder_is_named(rock):
    settings = dataclasses.replace(TINY, encoder="resnet1800")
    with pytest.raises(ValueError, match="no encoder 'resnet1800'"):
        train_unet(rock.gray, rock.labels, settings=settings, seed=1)


# --- the model file -------------------------------------------------------------------------


def test_model_comes_back_as_saved(rock, trained, tmp_path):
    path = tmp_path / "model.pt"
    save_unet(path, trained.unet)
    back = load_unet(path)
    assert back.settings == trained.unet.settings
    assert back.classes == trained.unet.classes
    assert back.gray_range == trained.unet.gray_range
    image = rock.gray[:200, :200]
    assert np.array_equal(segment(back, image), segment(trained.unet, image))


def test_model_file_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="gone.pt: no such file"):
        load_unet(tmp_path / "gone.pt")
    (tmp_path / "text.pt").write_text("weights")
    with pytest.raises(ValueError, match="text.pt: not a U-Net of this project"):
        load_unet(tmp_path / "text.pt")
    torch.save({"format": 99}, tmp_path / "later.pt")
    with pytest.raises(ValueError, match="later.pt: a U-Net of format 99"):
        load_unet(tmp_path / "later.pt")

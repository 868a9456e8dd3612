"""What a U-Net learns from and is judged by: fields, parts, crops, losses, scores."""

import dataclasses
import tracemalloc

import numpy as np
import pytest
import torch
from scipy.ndimage import distance_transform_edt

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.augmentation import augmented
from rockrec.segmentation.crops import Crops, balanced_weights
from rockrec.segmentation.fields import Field, fields_at, labelled_fields
from rockrec.segmentation.label_classes import label_counts, split_fields
from rockrec.segmentation.losses import dice_loss, segmentation_loss
from rockrec.segmentation.model import UNet
from rockrec.segmentation.places import places_of
from rockrec.segmentation.scores import (
    boundary_counts,
    boundary_f1,
    class_ious,
    confusion,
    score_rows,
)

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (1500, 2600), dtype=np.uint8)


def whole_field(labels, row=0, column=0) -> Field:
    height, width = row + labels.shape[0], column + labels.shape[1]
    return Field(np.zeros((height, width), np.uint8), row, column, labels)


def put_together(fields, shape):
    """Labels and number of fields that label each pixel; the gray must be the mosaic's."""
    labels, times = np.zeros(shape, np.uint8), np.zeros(shape, int)
    for field in fields:
        height, width = field.labels.shape
        place = (slice(field.row, field.row + height), slice(field.column, field.column + width))
        assert np.array_equal(field.gray, GRAY[place])
        labels[place] += field.labels
        times[place] += field.labels > 0
    return labels, times


# --- fields ---------------------------------------------------------------------------------


def test_every_label_stands_in_one_field_with_gray_around_it():
    labels = np.where(RNG.random(GRAY.shape) < 1e-3, RNG.integers(1, 4, GRAY.shape), 0)
    labels[:, 1024:2048] = 0
    labels[700, 1500] = 2
    fields = labelled_fields(GRAY, labels, margin=50)
    found, times = put_together(fields, GRAY.shape)
    assert np.array_equal(found, labels)
    assert times.max() == 1
    (lonely,) = [one for one in fields if np.count_nonzero(one.labels) == 1]
    assert (lonely.row, lonely.column) == (650, 1450)
    assert lonely.gray.shape == (101, 101)


def test_fields_read_little_of_a_large_mosaic():
    """Of the gray levels nothing, until a piece of them is asked for."""

    class Reader:
        shape, dtype, read = (17920, 54784), np.uint16, 0

        def __getitem__(self, region):
            sides = [
                len(range(*span.indices(s))) for span, s in zip(region, self.shape, strict=True)
            ]
            self.read += np.prod(sides)
            return np.full(sides, 7, np.uint16)

    class Labels(Reader):
        def __getitem__(self, region):
            block = np.zeros((1024, 1024), np.uint8)
            if region[0].start == 2048 and region[1].start < 5000:
                block[100:300, 100:300] = 1
            return block

    mosaic = Reader()
    fields = labelled_fields(mosaic, Labels(), margin=64)
    assert len(fields) == 5 and mosaic.read == 0
    assert {field.shape for field in fields} == {(200 + 2 * 64, 200 + 2 * 64)}
    assert fields[0].gray_at(3, 4, (10, 20)).dtype == np.uint16
    assert mosaic.read == 10 * 20


def test_labels_all_over_a_mosaic_take_little_memory():
    """A label in every 200 px: far less than a byte for each pixel of the mosaic."""
    gray, labels = (np.zeros((4096, 8192), np.uint8) for _ in range(2))
    labels[100::200, 100::200] = 1
    tracemalloc.start()
    fields = labelled_fields(gray, labels, margin=256)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(fields) == 32
    assert kept < gray.size / 100


def test_a_field_knows_its_pieces():
    labels = RNG.integers(0, 3, (300, 400), dtype=np.uint8)
    field = Field(GRAY, 1000, 2000, labels)
    piece = field.within(slice(20, 90), slice(5, None))
    assert (piece.row, piece.column, piece.shape) == (1020, 2005, (70, 395))
    assert np.array_equal(piece.gray, GRAY[1020:1090, 2005:2400])
    assert np.array_equal(piece.labels, labels[20:90, 5:])


def test_fields_annotated_apart_lie_where_their_offsets_say():
    one, two = (RNG.integers(1, 3, shape).astype(np.uint8) for shape in ((200, 1300), (40, 30)))
    labels = np.zeros(GRAY.shape, np.uint8)
    labels[0:200, 100:1400], labels[1460:, 2570:] = one, two
    found, _ = put_together(fields_at(GRAY, [(one, 0, 100), (two, 1460, 2570)]), GRAY.shape)
    assert np.array_equal(found, labels)


@pytest.mark.parametrize("place", [(-1, 0), (0, 2571), (1461, 0)])
def test_a_field_beyond_the_mosaic_is_named(place):
    one = np.ones((40, 30), np.uint8)
    said = f"field 2: 40 x 30 px at row {place[0]}, column {place[1]} reach beyond .* 1500 x 2600"
    with pytest.raises(ValueError, match=said):
        fields_at(GRAY, [(one, 0, 0), (one, *place)])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.ones((1500, 2601), int), "labels: 1500 x 2601 px, but the mosaic has 1500 x 2600"),
        (np.ones((1500, 2600)), "whole numbers, not float64"),
        (np.full((1500, 2600), 300), "0 to 255, not 300"),
        (np.full((1500, 2600), -1), "0 to 255, not -1"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        labelled_fields(GRAY, labels)


# --- parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("transposed", [False, True])
def test_parts_are_bands_with_their_share_of_the_labels(transposed):
    labels = np.zeros(GRAY.shape, np.uint8)
    labels[::3, 1000:] = RNG.integers(0, 3, (500, 1600))  # labelled in one corner only
    gray, labels = (GRAY.T, labels.T) if transposed else (GRAY, labels)
    fields = labelled_fields(gray, labels)
    parts = split_fields(fields, labels.shape, (1, 2), 0.2, 0.25)
    ends = []
    for part, share in (("train", 0.55), ("validation", 0.2), ("test", 0.25)):
        found = label_counts(parts[part])[1:].sum() / np.count_nonzero(labels)
        assert found == pytest.approx(share, abs=0.01)
        starts = [one.row if transposed else one.column for one in parts[part]]
        assert not ends or min(starts) >= max(ends)  # no part sees another's gray
        sides = [one.shape[0 if transposed else 1] for one in parts[part]]
        ends = [start + side for start, side in zip(starts, sides, strict=True)]
    assert np.array_equal(
        sum(label_counts(pieces) for pieces in parts.values())[1:],
        np.bincount(labels.ravel(), minlength=256)[1:],
    )


def test_every_part_needs_labels_of_every_class():
    labels = np.zeros((100, 400), np.uint8)
    labels[:50] = 2
    labels[50:, :200] = 1  # none in the last part
    with pytest.raises(ValueError, match="the test part has 0 labelled pixels of class 1"):
        split_fields([whole_field(labels)], labels.shape, (1, 2), 0.2, 0.2)
    labels = np.zeros((100, 400), np.uint8)
    labels[:50, 200], labels[50:, 200] = 1, 2  # all in one column
    with pytest.raises(ValueError, match="the validation part has 0 labelled pixels"):
        split_fields([whole_field(labels)], labels.shape, (1, 2), 0.2, 0.2)


# --- crops ----------------------------------------------------------------------------------


def test_places_are_those_of_the_class_and_capped():
    labels = RNG.integers(0, 3, (90, 80)).astype(np.uint8)
    fields = [whole_field(labels[:30]), whole_field(labels[30:], row=30)]
    every = places_of(2, fields, np.random.default_rng(1))
    assert len(np.unique(every, axis=0)) == len(every) == np.count_nonzero(labels == 2)
    some = places_of(2, fields, np.random.default_rng(1), most=300)
    assert 300 <= len(np.unique(some, axis=0)) == len(some) <= 302
    for found in (every, some):
        assert all(fields[at].labels[row, column] == 2 for at, row, column in found)
    assert np.mean(some[:, 0]) == pytest.approx(np.mean(every[:, 0]), abs=0.01)


def test_crops_hold_each_class_as_often_even_of_fields_smaller_than_they():
    labels = np.ones((20, 300), np.uint8)
    labels[10, 150] = 5
    settings = UNetSettings(crop=64)
    unet = UNet(torch.nn.Conv2d(1, 2, 1), settings, (1, 5), (0.0, 255.0))
    crops = Crops(unet, [whole_field(labels)], np.random.default_rng(2))
    gray, targets = crops.draw(200)
    assert gray.shape == (200, 1, 64, 64)
    assert gray.dtype == torch.float32
    assert targets.shape == (200, 64, 64)
    assert (targets >= 0).sum(dim=(1, 2)).max() <= 20 * 64  # beyond the field: not labelled
    with_rare = (targets == 1).any(dim=2).any(dim=1).float().mean()
    assert 0.5 < with_rare < 0.75  # half of them drawn for it, some others by chance


def test_weights_of_classes_balance_their_pixels():
    labels = np.repeat(np.array([[1] * 3 + [2]], np.uint8), 100, axis=0)
    unet = UNet(torch.nn.Conv2d(1, 2, 1), UNetSettings(), (1, 2), (0.0, 1.0))
    assert balanced_weights(unet, [whole_field(labels)]).tolist() == pytest.approx([2 / 3, 2])


def test_augmentation_changes_gray_about_its_level_and_is_drawn_from_the_seed():
    gray = RNG.uniform(-1, 1, (64, 64)).astype(np.float32)
    many = np.stack([augmented(gray, np.random.default_rng(seed)) for seed in range(300)])
    assert many.dtype == np.float32
    assert np.isfinite(many).all()
    assert np.array_equal(many[7], augmented(gray, np.random.default_rng(7)))
    assert many.mean() == pytest.approx(gray.mean(), abs=0.05)
    assert many.mean(axis=(1, 2)).std() > 0.1


def test_charging_lies_along_the_rows():
    flat = np.zeros((64, 64), np.float32)
    many = [augmented(flat, np.random.default_rng(seed)) for seed in range(200)]
    between_rows = np.mean([one.mean(axis=1).std() for one in many])
    between_columns = np.mean([one.mean(axis=0).std() for one in many])
    assert between_rows > 1.5 * between_columns


# --- losses ---------------------------------------------------------------------------------


def certain(classes: torch.Tensor, n: int) -> torch.Tensor:
    """Scores that leave no doubt."""
    return 50 * torch.nn.functional.one_hot(classes, n).movedim(-1, 1).float()


def test_loss_of_the_right_answer_is_0_whatever_is_not_labelled():
    truth = torch.randint(0, 3, (2, 16, 16), generator=torch.Generator().manual_seed(1))
    targets = truth.clone()
    targets[:, :8] = -1
    answer = truth.clone()
    answer[:, :8] = 2 - truth[:, :8]
    assert segmentation_loss(certain(answer, 3), targets, 1.0).item() == pytest.approx(0, abs=1e-5)


def test_dice_by_hand():
    """Class 0: 3 pixels, of 4 predicted; class 1: 3 pixels, of 2 predicted; class 2: absent."""
    targets = torch.tensor([[[0, 0, 0, 1, 1, 1, -1, -1]]])
    predicted = torch.tensor([[[0, 0, 0, 0, 1, 1, 2, 2]]])
    expected = 1 - (6 / 7 + 4 / 5) / 2
    assert dice_loss(certain(predicted, 3), targets).item() == pytest.approx(expected, abs=1e-5)


def test_dice_and_class_weights_count_as_much_as_asked():
    scores = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    targets = torch.zeros(2, 8, 8, dtype=torch.long)
    targets[:, 0, 0] = 1
    plain, half, full = (segmentation_loss(scores, targets, w).item() for w in (0, 0.5, 1))
    assert full - plain == pytest.approx(dice_loss(scores, targets).item(), abs=1e-6)
    assert half == pytest.approx((plain + full) / 2, abs=1e-6)
    only_rare = segmentation_loss(scores, targets, 0.0, torch.tensor([0.0, 1.0]))
    rare = -scores.log_softmax(1)[:, 1, 0, 0].mean()
    assert only_rare.item() == pytest.approx(rare.item(), abs=1e-6)


# --- scores ---------------------------------------------------------------------------------


def test_scores_by_hand():
    truth = np.array([[2, 2, 2, 5], [5, 5, 0, 0]], np.uint8)
    predicted = np.array([[2, 2, 5, 5], [5, 2, 2, 5]], np.uint8)
    counts = confusion(truth, predicted, (2, 5))
    assert counts.tolist() == [[2, 1], [1, 2]]
    assert class_ious(counts).tolist() == [0.5, 0.5]
    boundaries = boundary_counts(truth, predicted, (2, 5))
    first, second = score_rows("test", "trained", counts, boundaries, (2, 5), {2: "pore"})
    assert first == {
        "part": "test",
        "model": "trained",
        "class": 2,
        "name": "pore",
        "iou": 0.5,
        "f1": pytest.approx(2 / 3),
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "boundary_f1": 1.0,
        "pixels": 3,
        "fraction_labelled": 0.5,
        "fraction_predicted": 0.5,
        "predicted_2": 2,
        "predicted_5": 1,
    }
    assert second["class"] == 5 and second["name"] == ""


def square(at: int, side: int = 20, image: int = 64) -> np.ndarray:
    labels = np.ones((image, image), np.uint8)
    labels[at : at + side, at : at + side] = 2
    return labels


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 5])
def test_boundary_f1_of_a_shifted_square(shift):
    """Shifted along both axes: by the distances of every boundary pixel, counted one by one."""
    truth, predicted = square(20), square(20 + shift)
    edges = []
    for labels in (truth, predicted):
        inside = labels == 2
        edge = inside.copy()
        edge[1:-1, 1:-1] &= ~(inside[2:, 1:-1] & inside[:-2, 1:-1] & inside[1:-1, 2:]
                              & inside[1:-1, :-2])  # fmt: skip
        edges.append(edge)
    shares = [
        np.mean(distance_transform_edt(~other)[edge] <= 2) for edge, other in (edges, edges[::-1])
    ]
    found = boundary_f1(boundary_counts(truth, predicted, (1, 2)))
    assert found[1] == pytest.approx(2 * np.prod(shares) / sum(shares))
    if shift <= 1:
        assert found.tolist() == [1.0, 1.0]


def test_boundary_f1_of_moved_stripes():
    """A straight boundary: all within 2 px, none beyond."""
    truth = np.ones((40, 60), np.uint8)
    truth[:, 30:] = 2
    for shift, expected in ((0, 1.0), (2, 1.0), (3, 0.0)):
        found = boundary_f1(boundary_counts(truth, np.roll(truth, shift, 1), (1, 2)))
        inner = boundary_f1(
            boundary_counts(truth[:, 10:50], np.roll(truth, shift, 1)[:, 10:50], (1, 2))
        )
        assert inner.tolist() == [expected, expected]
        assert (found <= inner).all()


def test_boundaries_count_between_labelled_pixels_only():
    truth, predicted = square(20), square(26)
    truth[15:45, 15:45] = 0
    counts = boundary_counts(truth, predicted, (1, 2))
    assert counts[:, 2].tolist() == [0, 0]
    assert np.isnan(boundary_f1(counts)).all()


def test_boundary_that_is_not_found_scores_0():
    truth = square(20)
    assert boundary_f1(boundary_counts(truth, np.ones_like(truth), (1, 2))).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crop": 100}, "crop must be .* a multiple of 32, not 100"),
        ({"steps": 0}, "steps must be a whole number, 1 or more, not 0"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0"),
        ({"validation_fraction": 0.6, "test_fraction": 0.4}, "leaves no labels to train on"),
        ({"precision": "half"}, "precision must be float32 or bfloat16, not 'half'"),
        ({"dice_weight": -1.0}, "dice_weight must be 0 or more"),
        ({"class_weights": "some"}, "class_weights must be none or balanced, not 'some'"),
        ({"patience": 0}, "patience must be .* 1 or more, or null, not 0"),
        ({"freeze_encoder_epochs": -1}, "freeze_encoder_epochs must be .* 0 or more, not -1"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(UNetSettings(), **changes)

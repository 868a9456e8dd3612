"""What a U-Net learns from and is judged by: fields, crops, losses, scores."""

import dataclasses
import tracemalloc

import numpy as np
import pytest
import torch
from scipy.ndimage import distance_transform_edt
from torch.nn.functional import one_hot

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.augmentation import augmented
from rockrec.segmentation.crops import STROKE, Crops
from rockrec.segmentation.fields import Field, fields_at, labelled_fields
from rockrec.segmentation.lessons import Lesson
from rockrec.segmentation.losses import dice_loss, taught_loss
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


def lesson(labels: np.ndarray, shares=None) -> Lesson:
    return Lesson(whole_field(labels), np.zeros(labels.shape, np.uint8), shares)


def unet_of(classes, **settings) -> UNet:
    return UNet(torch.nn.Conv2d(1, 2, 1), UNetSettings(**settings), classes, (0.0, 255.0))


def test_crops_hold_each_class_as_often_even_of_lessons_smaller_than_they():
    labels = np.ones((20, 300), np.uint8)
    labels[10, 150] = 5
    crops = Crops(unet_of((1, 5), crop=64, batch=200), [lesson(labels)], seed=2)
    gray, shares, weights = crops.draw(0)
    assert gray.shape == (200, 1, 64, 64) and shares.shape == (200, 2, 64, 64)
    assert gray.dtype == shares.dtype == weights.dtype == torch.float32
    labelled = weights > 0
    assert labelled.sum(dim=(1, 2)).max() <= 20 * 64  # beyond the lesson: nothing is known
    assert torch.equal(shares.sum(dim=1) == 1, labelled)
    with_rare = (shares[:, 1] == 1).any(dim=2).any(dim=1).float().mean()
    assert 0.5 < with_rare < 0.75  # half of them drawn for it, some others by chance


def test_a_step_draws_the_same_whatever_was_drawn_before():
    crops = Crops(
        unet_of((1, 2), crop=32, batch=3),
        [lesson(RNG.integers(0, 3, (90, 80)).astype(np.uint8))],
        5,
    )
    first, second = crops.draw(7), crops.draw(8)
    assert all(torch.equal(one, other) for one, other in zip(first, crops.draw(7), strict=True))
    assert not torch.equal(first[0], second[0])


def test_strokes_count_more_than_the_forest_and_that_as_it_is_sure():
    labels = np.zeros((64, 64), np.uint8)
    labels[:, 60:] = 1
    shares = np.zeros((2, 64, 64), np.uint8)
    shares[:, :32] = np.array([255, 0])[:, None, None]  # sure
    shares[:, 32:48] = np.array([64, 191])[:, None, None]  # in doubt; below, it is no rock
    crops = Crops(unet_of((1, 2), crop=64, batch=1), [lesson(labels, shares)], 0)
    _, (told,), (weights,) = crops.draw(0)
    doubt = 2 * (191 / 255) - 1
    assert weights.unique().tolist() == pytest.approx([0.0, doubt, 1.0, STROKE])
    assert (told[0][weights == STROKE] == 1).all()
    assert (told[0][weights == 1.0] == 1).all()
    assert told[0][(weights > 0) & (weights < 1)].numpy() == pytest.approx(64 / 255)
    counts = [(weights == value).sum().item() for value in (STROKE, 0.0, 1.0)]
    assert counts == [64 * 4, 16 * 60, 32 * 60]


def test_crops_lie_around_strokes_and_all_over_what_a_forest_was_asked_for():
    painted, other, unasked = (np.zeros((128, 128), np.uint8) for _ in range(3))
    painted[:4, :4], unasked[:4, :4] = (2, 1)
    shares = np.full((2, 128, 128), 127, np.uint8)
    lessons = [
        Lesson(whole_field(labels), np.full(labels.shape, level, np.uint8), told)
        for labels, level, told in (
            (painted, 0, shares),
            (other, 100, shares),
            (unasked, 200, None),
        )
    ]
    crops = Crops(unet_of((1, 2), crop=32), lessons, 1)
    found = np.array([crops._place(np.random.default_rng(seed))[0] for seed in range(2000)])
    shares = np.bincount(found) / len(found)
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.04)


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
    return 50 * one_hot(classes, n).movedim(-1, 1).float()


def told(classes: torch.Tensor, n: int) -> torch.Tensor:
    return one_hot(classes, n).movedim(-1, 1).float()


def test_loss_of_the_right_answer_is_0_whatever_does_not_count():
    truth = torch.randint(0, 3, (2, 16, 16), generator=torch.Generator().manual_seed(1))
    weights = torch.ones(truth.shape)
    weights[:, :8] = 0
    answer = truth.clone()
    answer[:, :8] = 2 - truth[:, :8]
    loss = taught_loss(certain(answer, 3), told(truth, 3), weights, 1.0)
    assert loss.item() == pytest.approx(0, abs=1e-5)


def test_dice_by_hand():
    """Class 0: 3 pixels, of 4 predicted; class 1: 3 pixels, of 2 predicted; class 2: absent."""
    truth = told(torch.tensor([[[0, 0, 0, 1, 1, 1, 2, 2]]]), 3)
    weights = torch.tensor([[[1.0, 1, 1, 1, 1, 1, 0, 0]]])
    predicted = torch.tensor([[[0, 0, 0, 0, 1, 1, 2, 2]]])
    expected = 1 - (6 / 7 + 4 / 5) / 2
    found = dice_loss(certain(predicted, 3), truth, weights)
    assert found.item() == pytest.approx(expected, abs=1e-5)


def test_dice_counts_as_much_as_asked_and_the_entropy_is_least_at_what_is_told():
    scores = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    shares = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    shares = torch.cat([shares, 1 - shares], dim=1)
    weights = torch.rand(2, 8, 8, generator=torch.Generator().manual_seed(2))
    plain, half, full = (taught_loss(scores, shares, weights, w).item() for w in (0, 0.5, 1))
    assert full - plain == pytest.approx(dice_loss(scores, shares, weights).item(), abs=1e-6)
    assert half == pytest.approx((plain + full) / 2, abs=1e-6)
    by_hand = -(weights[:, None] * shares * scores.log_softmax(1)).sum() / weights.sum()
    assert plain == pytest.approx(by_hand.item(), abs=1e-6)
    right = shares.clamp(min=1e-12).log()
    assert taught_loss(right, shares, weights, 0.0) < plain


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
        ({"folds": 1}, "folds must be a whole number, 2 or more and at most 10, not 1"),
        ({"encoder_weights": "imagenet"}, "'imagenet' are not of encoder small"),
        ({"precision": "half"}, "precision must be float32 or bfloat16, not 'half'"),
        ({"dice_weight": -1.0}, "dice_weight must be 0 or more"),
        ({"patience": 0}, "patience must be .* 1 or more, or null, not 0"),
        ({"freeze_encoder_epochs": -1}, "freeze_encoder_epochs must be .* 0 or more, not -1"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(UNetSettings(), **changes)

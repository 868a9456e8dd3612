"""The U-Net learns from labelled pixels only, is scored on pixels it never saw, and segments
a mosaic as if there were no windows."""

import numpy as np
import pytest
import torch

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.inference import blending_weights, segment
from rockrec.segmentation.model import UNet, load_unet, save_unet
from rockrec.segmentation.training import TrainedUNet, train_unet
from rockrec.synthetic import SyntheticRock, make_rock

TINY = UNetSettings(crop=32, batch=2, epochs=2, steps=2)


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    # Its strokes of the test part lie in olivine; where they lie in bastite, nearly as dark as the
    # fractures, so few of them say little.
    return make_rock("fractures", 512, 1280, seed=5)


@pytest.fixture(scope="module")
def trained(rock) -> TrainedUNet:
    settings = UNetSettings(crop=64, batch=8, epochs=4, steps=30)
    return train_unet(
        labelled_fields(rock.gray, rock.labels),
        classes={1: "pore", 2: "grain"},
        gray_range=np.percentile(rock.gray, (0.5, 99.5)),
        settings=settings,
        seed=1,
    )


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
    gray, inner = rock.gray[:, :640], (slice(64, -64), slice(64, -64))

    def changed_by_a_shifted_grid(overlap):
        one = segment(trained.unet, gray, window=256, overlap=overlap)
        other = segment(trained.unet, gray[32:, 96:], window=256, overlap=overlap)
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
    unseen = [row["iou"] for row in trained.scores if row["model"] == "trained"]
    assert len(unseen) == 2 and min(unseen) > 0.8
    found = segment(trained.unet, rock.gray, window=256, overlap=32) == 1
    truth = rock.truth == 1
    assert (found & truth).sum() / (found | truth).sum() > 0.8
    assert found.mean() == pytest.approx(truth.mean(), rel=0.15)


def test_history_tells_of_each_epoch_and_keeps_the_best(trained):
    history = trained.history
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert set(history[0]) == {"epoch", "loss", "unseen_iou", "learning_rate", "kept"}
    best = max(row["unseen_iou"] for row in history)
    (kept,) = [row for row in history if row["kept"]]
    assert kept["unseen_iou"] == best
    assert history[-1]["loss"] < history[0]["loss"]


def mean_ious(made: TrainedUNet) -> dict[str, float]:
    ious = {}
    for row in made.scores:
        ious.setdefault(row["model"], []).append(row["iou"])
    return {model: np.mean(values) for model, values in ious.items()}


def test_a_given_model_is_where_training_starts(trained):
    """On another rock of its kind, four steps from it beat four steps from scratch."""
    rock = make_rock("fractures", 256, 768, seed=9)
    task = {
        "fields": labelled_fields(rock.gray, rock.labels),
        "classes": {},
        "gray_range": np.percentile(rock.gray, (0.5, 99.5)),
        "settings": UNetSettings(crop=64, batch=8, epochs=1, steps=4, learning_rate=1e-4),
        "seed": 2,
    }
    before = {name: value.clone() for name, value in trained.unet.network.state_dict().items()}
    given, scratch = (mean_ious(train_unet(**task, initial=one)) for one in (trained.unet, None))
    assert given["trained"] > scratch["trained"] + 0.1
    assert given["trained"] > given["initial"] - 0.02
    assert "initial" not in scratch
    assert given["forest"] == scratch["forest"]
    after = trained.unet.network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


# --- the model file -------------------------------------------------------------------------


def test_model_comes_back_as_saved(rock, trained, tmp_path):
    path = tmp_path / "model.pt"
    save_unet(path, trained.unet)
    back = load_unet(path)
    assert back.settings == trained.unet.settings
    assert back.classes == trained.unet.classes
    assert back.gray_range == trained.unet.gray_range
    assert back.class_names == {1: "pore", 2: "grain"}
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

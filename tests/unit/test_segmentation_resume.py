"""A U-Net's training that is killed, stopped or started twice ends as if nothing had happened."""

import os
import signal
import threading

import numpy as np
import pytest

from rockrec.housekeeping.interrupt import Interrupted
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation import course, training
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.model import save_unet
from rockrec.segmentation.training import TrainedUNet, train_unet
from rockrec.synthetic import SyntheticRock, make_rock

SETTINGS = UNetSettings(crop=32, batch=2, epochs=3, steps=2)
STEPS = 3 * 2  # of each of three networks: one for each fold, and that of all strokes


@pytest.fixture(scope="module")
def rock() -> SyntheticRock:
    return make_rock("fractures", 256, 768, seed=4)


def run(rock, folder=None, settings=SETTINGS, seed=1, labels=None, **more) -> TrainedUNet:
    labels = rock.labels if labels is None else labels
    options = {"classes": {}, "gray_range": (10, 240), "settings": settings, "seed": seed}
    options |= {"forest": ForestSettings(trees=5), "checkpoints": folder, "threads": 2}
    return train_unet(labelled_fields(rock.gray, labels), **{**options, **more})


@pytest.fixture(scope="module")
def undisturbed(rock) -> TrainedUNet:
    """In one thread; those that it is compared with learn in two."""
    return run(rock, threads=1)


def told(made: TrainedUNet, path) -> tuple:
    """All that a training makes, such that equal ones are equal."""
    save_unet(path / "model.pt", made.unet)
    return (path / "model.pt").read_bytes(), str(made.history), str(made.scores)


class Killed(BaseException):
    """As sudden as SIGKILL, as far as the training can tell."""


def before_step(monkeypatch, step, act):
    """Do something right before a step."""
    advance = course.Course.advance

    def acting(self):
        if self.step == step:
            act()
        advance(self)

    monkeypatch.setattr(course.Course, "advance", acting)


def die():
    raise Killed


def test_resumed_after_kills_equals_undisturbed_bit_by_bit(
    rock, undisturbed, tmp_path, monkeypatch
):
    """Killed within an epoch, between two of them, and before the last step."""
    for step in (1, 4, STEPS - 1):
        before_step(monkeypatch, step, die)
        with pytest.raises(Killed):
            run(rock, tmp_path, checkpoint_seconds=0.0)
        monkeypatch.undo()
        (path,) = tmp_path.glob("unet-*/checkpoint.pt")
        assert not (path.parent / "lock").exists()
    resumed = run(rock, tmp_path)
    assert told(resumed, tmp_path) == told(undisturbed, tmp_path)
    assert not path.exists()  # the networks of the folds are needed no more


def test_steps_after_the_last_checkpoint_are_done_again(rock, undisturbed, tmp_path, monkeypatch):
    for step, seconds in ((2, 0.0), (5, 1e9)):
        before_step(monkeypatch, step, die)
        with pytest.raises(Killed):
            run(rock, tmp_path, checkpoint_seconds=seconds)
        monkeypatch.undo()
    assert told(run(rock, tmp_path), tmp_path) == told(undisturbed, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_and_the_rerun_goes_on(rock, undisturbed, tmp_path, monkeypatch, number):
    assert threading.current_thread() is threading.main_thread()
    before_step(monkeypatch, 3, lambda: os.kill(os.getpid(), number))
    with pytest.raises(Interrupted, match=f"{number.name}: stopped and saved at step 4") as stopped:
        run(rock, tmp_path, checkpoint_seconds=1e9)
    assert stopped.value.code == 128 + number
    monkeypatch.undo()
    begun = []
    before_step(monkeypatch, 4, lambda: begun.append(4))
    assert told(run(rock, tmp_path), tmp_path) == told(undisturbed, tmp_path)
    assert begun == [4]


def test_a_finished_training_is_taken_as_it_is(rock, undisturbed, tmp_path, monkeypatch):
    run(rock, tmp_path)
    monkeypatch.setattr(training, "fit_forests", die)
    assert told(run(rock, tmp_path), tmp_path) == told(undisturbed, tmp_path)


def test_the_folder_is_named_after_what_shapes_the_weights(rock, tmp_path):
    short = UNetSettings(crop=32, batch=1, epochs=1, steps=1)
    labels = rock.labels.copy()
    labels[tuple(np.argwhere(labels == 1)[0])] = 2
    first = run(rock, tmp_path, short)
    for changes in (
        {"seed": 2},
        {"settings": UNetSettings(crop=32, batch=1, epochs=1, steps=2)},
        {"labels": labels},
        {"gray_range": (11, 240)},
        {"forest": ForestSettings(trees=9)},
        {"initial": first.unet},
    ):
        run(rock, tmp_path, **{"settings": short, **changes})
    assert len(list(tmp_path.glob("unet-*"))) == 7
    run(rock, tmp_path, short, threads=1, pixel_size_nm=50.0)  # shape no weight
    assert len(list(tmp_path.glob("unet-*"))) == 7

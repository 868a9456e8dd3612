"""Training: the weights that are kept, clean stops, several processes."""

import dataclasses
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from tiny_training import (
    EVERYTHING,
    TRAIN,
    VALIDATION,
    history_without_time,
    rock,
    run,
    tiny,
)
from torch import nn

import rockrec
from rockrec.gans import layers, loop, training
from rockrec.gans.batches import TileSubset, checksum, images_of, phase_fraction
from rockrec.gans.checkpoint import checkpoint_key
from rockrec.gans.draws import Draws
from rockrec.gans.loop import TrainingDiverged
from rockrec.gans.monitor import Monitor
from rockrec.gans.processes import Processes
from rockrec.gans.sampling import load_model
from rockrec.gans.training import train
from rockrec.plain.records.kinds import NETWORKS


def test_the_key_is_of_what_shapes_the_weights():
    key = checkpoint_key(tiny(), "a", "b", 1)
    assert checkpoint_key(tiny(steps=40), "a", "b", 1) == key
    others = [
        checkpoint_key(tiny(batch=9), "a", "b", 1),
        checkpoint_key(tiny(decay_to=41), "a", "b", 1),
        checkpoint_key(tiny(), "x", "b", 1),
        checkpoint_key(tiny(), "a", "x", 1),
        checkpoint_key(tiny(), "a", "b", 2),
    ]
    assert len({key, *others}) == 6


def test_the_kept_weights_are_those_of_the_best_check(tmp_path):
    files = run(tmp_path, tiny(steps=20))
    history = pd.read_csv(files.history)
    checked = history.dropna(subset="score")
    assert checked["step"].tolist() == [4, 8, 12, 16, 20]
    best = checked.loc[checked["score"].idxmin()]
    assert history.loc[history["kept"], "step"].tolist() == [best["step"]]
    model = load_model(files.model)
    assert model.step == best["step"]
    assert model.metrics["s2_error"] == pytest.approx(best["s2_error"], rel=1e-6)
    assert model.phase_fraction == TRAIN.mean()

    monitor = Monitor(VALIDATION, TRAIN.mean(), tiny(), training.seed_for(3, "monitor"))
    check, _ = monitor.check(model.generator)
    assert (check.score, check.s2_error) == (model.metrics["score"], model.metrics["s2_error"])


def test_patience_ends_the_run_and_more_patience_continues_it(tmp_path, monkeypatch):
    scores = iter([5.0, 3.0, 4.0, 4.0, 2.0, 9.0, 9.0, 9.0])
    check = loop.Monitor.check

    def scored(*arguments):
        found, gray = check(*arguments)
        return dataclasses.replace(found, score=next(scores)), gray

    monkeypatch.setattr(loop.Monitor, "check", scored)
    ended = run(tmp_path, tiny(steps=40, patience=2))
    assert history_without_time(ended)["step"].tolist() == list(range(1, 17))
    assert load_model(ended.model).step == 8
    longer = run(tmp_path, tiny(steps=40, patience=3))
    assert longer.folder == ended.folder
    assert history_without_time(longer)["step"].tolist() == list(range(1, 33))
    assert load_model(longer.model).step == 20


def test_nan_stops_with_the_step_and_what_was_good(tmp_path, monkeypatch):
    advance = loop.Training.advance

    def poisoned(self):
        if self.step == 9:
            with torch.no_grad():
                next(self.networks.discriminator.parameters()).fill_(float("nan"))
        advance(self)

    monkeypatch.setattr(loop.Training, "advance", poisoned)
    with pytest.raises(TrainingDiverged, match=r"at step 10; best check at step [48]"):
        run(tmp_path, tiny())
    assert not list(tmp_path.glob("*/model*"))
    monkeypatch.undo()
    run(tmp_path, tiny())


def test_a_divergence_never_reaches_a_checkpoint(tmp_path, monkeypatch):
    advance = loop.Training.advance

    def poisoned(self):
        advance(self)
        if self.step == 5:
            self._unread[-1][2].fill_(float("inf"))

    monkeypatch.setattr(loop.Training, "advance", poisoned)
    with pytest.raises(TrainingDiverged, match="at step 5"):
        run(tmp_path, tiny(), checkpoint_seconds=0.0)
    (path,) = tmp_path.glob("*/checkpoint_12.pt")
    assert torch.load(path)["step"] == 4


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", NETWORKS)
def test_precisions_train_and_losses_are_float32(tmp_path, kind, precision):
    files = run(tmp_path, tiny(kind, precision=precision, steps=4, ema=0.0))
    history = pd.read_csv(files.history)
    assert np.isfinite(history["loss_discriminator"]).all()
    assert history["s2_error_raw"].iloc[-1] == history["s2_error"].iloc[-1]
    assert {v.dtype for v in torch.load(files.model)["state_dict"].values()} <= {
        torch.float32,
        torch.int64,
    }


@pytest.mark.parametrize(
    ("train_tiles", "validation_tiles", "named"),
    [
        (TRAIN.astype(float), VALIDATION, "training tiles must be"),
        (TRAIN[:, :8], VALIDATION, "training tiles must be"),
        (TRAIN[:, :12, :12], VALIDATION, "not 12"),
        (TRAIN, VALIDATION * 255, "validation tiles must be 0 or 1, not 255"),
        (TRAIN, VALIDATION[:1], "validation tiles: at least two"),
        (TRAIN, rock(4, 0, size=32), "32 px"),
    ],
)
def test_bad_tiles_are_named(tmp_path, train_tiles, validation_tiles, named):
    with pytest.raises(ValueError, match=named):
        train(train_tiles, validation_tiles, tiny(), seed=0, checkpoints=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_subset_of_a_stack_is_as_good_as_a_copy(tmp_path):
    np.save(tmp_path / "stack.npy", TRAIN)
    stack = np.load(tmp_path / "stack.npy", mmap_mode="r")
    lines = np.array([7, 3, 30, 31])
    subset, copy = TileSubset(stack, lines), TRAIN[lines]
    assert checksum(subset) == checksum(copy) != checksum(copy[::-1])
    assert phase_fraction(subset) == copy.mean()
    batches = [
        images_of(tiles, torch.tensor([2, 0, 3, 0]), torch.device("cpu"))
        for tiles in (subset, copy)
    ]
    assert torch.equal(*batches)
    assert np.array_equal(batches[0][:, 0].numpy(), copy[[2, 0, 3, 0]] * 2.0 - 1)


def test_processes_share_what_one_would_draw():
    one = Draws(5, batch=6)
    parts = [Draws(5, batch=6, processes=Processes(number, 3)) for number in range(3)]
    for draw in (lambda d: d.latents(4), lambda d: d.lines(100), lambda d: d.uniform(2)):
        assert torch.equal(torch.cat([draw(part) for part in parts]), draw(one))
    with pytest.raises(ValueError, match="batch 6 cannot be shared by 4"):
        Draws(5, batch=6, processes=Processes(0, 4))


TOGETHER = """
import sys
sys.path[:0] = [{library!r}, {tests!r}]
from tiny_training import *
from rockrec.gans import layers
from torch import nn
layers._norm_and_relu = lambda channels: [nn.ReLU()]
settings = tiny({kind!r}, steps=8, **{more!r})
files = train(TRAIN, VALIDATION, settings, seed=3, checkpoints={folder!r}, threads=1)
"""


@pytest.mark.parametrize(("kind", "more"), [("wgan_gp", {}), ("stylegan2_ada", EVERYTHING)])
def test_two_processes_equal_one(tmp_path, monkeypatch, kind, more):
    """Without BatchNorm, which looks at each process's own part of the batch."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    script = TOGETHER.format(
        library=str(Path(rockrec.__file__).parents[1]),
        tests=str(Path(__file__).parent),
        folder=str(tmp_path / "two"),
        kind=kind,
        more=more,
    )
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | address | {"RANK": number, "WORLD_SIZE": "2"},
        )
        for number in "01"
    ]
    monkeypatch.setattr(layers, "_norm_and_relu", lambda channels: [nn.ReLU()])
    files = run(tmp_path / "one", tiny(kind, steps=8, **more))
    assert [job.wait(timeout=100) for job in jobs] == [0, 0]

    one = torch.load(files.checkpoint)
    two = torch.load(tmp_path / "two" / files.folder.name / files.checkpoint.name)
    for name, weights in one["networks"].items():
        assert torch.allclose(weights, two["networks"][name], atol=1e-5), name
    assert torch.allclose(one["history"][:, 2:6], two["history"][:, 2:6], atol=1e-5)
    assert one["best"]["step"] == two["best"]["step"]

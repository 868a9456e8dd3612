"""Training: exact resume, one job at a time, checks that pick the weights, and clean stops."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import nn

import rockrec
from rockrec.descriptors import describe
from rockrec.gans import layers, loop, training
from rockrec.gans.batches import TileSubset, checksum, images_of, phase_fraction
from rockrec.gans.checkpoint import checkpoint_key
from rockrec.gans.draws import Draws
from rockrec.gans.interrupt import Interrupted
from rockrec.gans.loop import TrainingDiverged
from rockrec.gans.monitor import Monitor
from rockrec.gans.networks import KINDS
from rockrec.gans.processes import Processes
from rockrec.gans.sampling import load_model, sample, threshold
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train

TINY = {
    "latent": 8,
    "channels": 4,
    "batch": 8,
    "steps": 12,
    "check_every": 4,
    "check_tiles": 16,
    "decay_from": 4,
    "decay_to": 40,
}

# Of StyleGAN2-ADA, with state that is carried from step to step.
EVERYTHING = {
    "channels": None,
    "max_channels": 8,
    "style_mixing": 0.9,
    "path_length": 2.0,
    "r1": None,
    "r1_every": 3,
    "ada": ["flips", "shifts", "rotation", "stretching", "brightness"],
    "ada_target": -0.9,
    "ada_every": 2,
    "ada_images": 100,
}


def tiny(kind="wgan_gp", **more):
    return gan_settings({"kind": kind, **TINY, **more}).at_size(16)


def rock(n, seed, size=16):
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(n, size, size)), (0, 1.5, 1.5))
    return (noise > noise.std()).astype(np.uint8)


TRAIN, VALIDATION = rock(40, 1), rock(20, 2)


def run(folder, settings, seed=3, **more):
    return train(TRAIN, VALIDATION, settings, seed=seed, checkpoints=folder, threads=1, **more)


class Killed(BaseException):
    """As sudden as SIGKILL, as far as the training can tell."""


def killed_after(monkeypatch, step):
    """Let the training die right before its next step."""
    advance = loop.Training.advance

    def dying(self):
        if self.step == step:
            raise Killed
        advance(self)

    monkeypatch.setattr(loop.Training, "advance", dying)


def history_without_time(files):
    return pd.read_csv(files.history).drop(columns="seconds")


@pytest.mark.parametrize(
    "settings",
    [
        tiny("dcgan", r1=1.0, label_smoothing=0.1, augmentation=["flips"]),
        tiny("wgan_gp"),
        tiny("wgan_gp", guide=["S2", "L"]),
        tiny("wgan_gp", spectral_norm=True, upsampling="blur", precision="bfloat16"),
        tiny("stylegan2_ada", **EVERYTHING),
        tiny("stylegan2_ada", **EVERYTHING, precision="bfloat16"),
    ],
)
def test_resumed_after_a_kill_equals_undisturbed_bit_by_bit(tmp_path, monkeypatch, settings):
    undisturbed = run(tmp_path / "a", settings)
    for step in (3, 8, 11):
        killed_after(monkeypatch, step)
        with pytest.raises(Killed):
            run(tmp_path / "b", settings, checkpoint_seconds=0.0)
        monkeypatch.undo()
    resumed = run(tmp_path / "b", settings)
    assert resumed.model.read_bytes() == undisturbed.model.read_bytes()
    assert resumed.strip.read_bytes() == undisturbed.strip.read_bytes()
    pd.testing.assert_frame_equal(history_without_time(resumed), history_without_time(undisturbed))


def test_steps_after_the_last_checkpoint_are_done_again(tmp_path, monkeypatch):
    settings = tiny()
    undisturbed = run(tmp_path / "a", settings)
    killed_after(monkeypatch, 5)
    with pytest.raises(Killed):
        run(tmp_path / "b", settings, checkpoint_seconds=0.0)
    monkeypatch.undo()
    killed_after(monkeypatch, 10)
    with pytest.raises(Killed):
        run(tmp_path / "b", settings, checkpoint_seconds=1e9)
    monkeypatch.undo()
    resumed = run(tmp_path / "b", settings)
    assert resumed.model.read_bytes() == undisturbed.model.read_bytes()
    history = history_without_time(resumed)
    assert history["step"].tolist() == list(range(1, 13))
    assert history["device"].unique().tolist() == ["CPU, 1 thread"]


def test_a_longer_run_continues_a_shorter_one_and_both_results_stay(tmp_path):
    long = run(tmp_path / "a", tiny(steps=20))
    short = run(tmp_path / "b", tiny(steps=12))
    short_bytes = short.model.read_bytes()
    continued = run(tmp_path / "b", tiny(steps=20))
    assert continued.folder == short.folder
    pd.testing.assert_frame_equal(history_without_time(continued), history_without_time(long))
    kept, same = (torch.load(files.model)["state_dict"] for files in (long, continued))
    assert all(torch.equal(kept[name], same[name]) for name in kept)
    assert run(tmp_path / "b", tiny(steps=12)).model.read_bytes() == short_bytes


def test_a_shorter_run_after_a_longer_one_is_its_beginning(tmp_path):
    long = run(tmp_path, tiny(steps=20))
    short = run(tmp_path, tiny(steps=8))
    pd.testing.assert_frame_equal(
        history_without_time(short).drop(columns="kept"),
        history_without_time(long).drop(columns="kept")[:8],
    )


SCRIPT = """
import sys
sys.path[:0] = [{library!r}, {tests!r}]
from test_gans_training import *
train(TRAIN, VALIDATION, tiny(steps=4000, decay_to=4000), seed=3, checkpoints={folder!r},
      threads=1, checkpoint_seconds={seconds})
"""


def start(folder, seconds):
    script = SCRIPT.format(
        library=str(Path(rockrec.__file__).parents[1]),
        tests=str(Path(__file__).parent),
        folder=str(folder),
        seconds=seconds,
    )
    return subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)


def wait_for(condition, process, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)


def saved_step(folder):
    (path,) = folder.glob("*/checkpoint_4000.pt")
    return torch.load(path)["step"]


def test_signals_save_or_not_and_the_dead_jobs_lock_is_taken_over(tmp_path):
    def has_checkpoint():
        return list(tmp_path.glob("*/checkpoint_*.pt")) != []

    def has_lock():
        return list(tmp_path.glob("*/lock")) != []

    killed = start(tmp_path, seconds=0.0)
    wait_for(has_checkpoint, killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    step = saved_step(tmp_path)
    assert has_lock()

    asked = start(tmp_path, seconds=1e9)
    wait_for(lambda: f'"pid": {asked.pid},' in next(tmp_path.glob("*/lock")).read_text(), asked)
    time.sleep(0.5)
    asked.send_signal(signal.SIGTERM)
    assert asked.wait(timeout=60) == 128 + signal.SIGTERM
    assert saved_step(tmp_path) > step
    assert not has_lock()


def test_sigint_in_this_process_saves_and_restores_the_handler(tmp_path, monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    advance = loop.Training.advance

    def signalled(self):
        advance(self)
        if self.step == 6:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(loop.Training, "advance", signalled)
    with pytest.raises(Interrupted, match="step 6") as stop:
        run(tmp_path, tiny())
    assert (stop.value.code, stop.value.step) == (130, 6)
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.undo()
    run(tmp_path, tiny())


def test_a_second_job_waits_and_takes_the_finished_model(tmp_path, monkeypatch):
    steps_done, first_is_in = [], threading.Event()
    advance = loop.Training.advance

    def counting(self):
        first_is_in.set()
        time.sleep(0.05)
        steps_done.append(self.step)
        advance(self)

    monkeypatch.setattr(loop.Training, "advance", counting)
    results = []
    jobs = [threading.Thread(target=lambda: results.append(run(tmp_path, tiny()))) for _ in "12"]
    jobs[0].start()
    assert first_is_in.wait(30)
    jobs[1].start()
    for job in jobs:
        job.join(60)
    assert steps_done == list(range(12))
    assert results[0] == results[1] and results[0].model.exists()


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


class Replay(nn.Module):
    """Draws given tiles, whatever the latent vectors."""

    def __init__(self, tiles):
        super().__init__()
        self.tiles = nn.Parameter(torch.from_numpy(tiles[:, None] * 2.0 - 1))
        self.drawn = 0

    def forward(self, latent):
        chosen = torch.arange(self.drawn, self.drawn + len(latent)) % len(self.tiles)
        self.drawn += len(latent)
        return self.tiles[chosen]


MANY = tiny(check_tiles=256)


def monitor_of(tiles, fraction=None):
    return Monitor(tiles, tiles.mean() if fraction is None else fraction, MANY, seed=0)


def test_the_monitor_finds_no_error_in_the_validation_tiles_themselves():
    tiles = rock(256, 6)
    check, gray = monitor_of(tiles).check(Replay(tiles))
    assert check.s2_error == 0.0 and check.score == 1.0 and check.guard == 0.0
    assert check.phase_fraction == tiles.mean()
    assert (threshold(gray, "phase_fraction", tiles.mean()) == tiles).all()


def test_the_floor_is_that_of_the_definition():
    s2 = describe(VALIDATION, ("S2",))["S2"]
    expected = np.mean(s2.var(axis=0, ddof=1)) * (1 / len(VALIDATION) + 1 / 256)
    assert monitor_of(VALIDATION).floor == pytest.approx(expected)


def test_other_tiles_of_the_same_rock_stand_at_the_floor():
    real, others = rock(256, 6), rock(256 * 6, 7).reshape(6, 256, 16, 16)
    checks = [monitor_of(real).check(Replay(tiles))[0] for tiles in others]
    floors = np.mean([check.s2_error for check in checks]) / monitor_of(real).floor
    assert 0.2 < floors < 4
    assert np.median([check.score for check in checks]) < 3


def test_the_score_tells_another_rock_from_this_one():
    coarse = np.repeat(np.repeat(rock(256, 8), 2, axis=1), 2, axis=2)[:, :16, :16]
    assert monitor_of(rock(256, 6)).check(Replay(coarse))[0].score > 30


def test_the_guards_see_a_generator_that_repeats_itself():
    """Eight tiles over and over, near the mean curve: the mean fits, the spread does not."""
    real = rock(512, 6)
    s2 = describe(real, ("S2",))["S2"]
    near = real[np.argsort(np.mean((s2 - s2.mean(axis=0)) ** 2, axis=1))[:8]]
    monitor = monitor_of(real)
    repeated = monitor.check(Replay(np.tile(near, (32, 1, 1))))[0]
    assert repeated.guard > 9 and repeated.score > 3
    assert monitor.check(Replay(rock(256, 7)))[0].guard < 9


def test_a_collapse_to_one_phase_is_the_worst_of_scores():
    empty = np.zeros((256, 16, 16), np.uint8)
    monitor = Monitor(rock(64, 6), 0.2, tiny(check_tiles=256, threshold="zero"), seed=0)
    assert monitor.check(Replay(empty))[0].score == np.inf


@pytest.mark.parametrize(
    "settings",
    [
        tiny(
            "dcgan", steps=100, check_every=10, learning_rate=3e-3, threshold="zero", decay_to=100
        ),
        tiny("stylegan2_ada", steps=50, check_every=5, channels=8, threshold="zero", decay_to=100),
    ],
)
def test_training_learns(tmp_path, settings):
    """Random weights draw as much of one phase as of the other; the rock has 0.16 of one."""
    files = run(tmp_path, settings)
    history = pd.read_csv(files.history).dropna(subset="s2_error")
    assert history["s2_error"].iloc[-5:].mean() < history["s2_error"].iloc[0] / 10
    assert sample(load_model(files.model), 3, seed=1).shape == (3, 16, 16)


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
@pytest.mark.parametrize("kind", KINDS)
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
from test_gans_training import *
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

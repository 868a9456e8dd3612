"""A training that is killed, stopped or started twice ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
import torch
from tiny_training import (
    EVERYTHING,
    Killed,
    history_without_time,
    killed_after,
    run,
    tiny,
)

import rockrec
from rockrec.gans import loop
from rockrec.housekeeping.interrupt import Interrupted


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
from tiny_training import *
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


def holds_lock(process, folder):
    with suppress(FileNotFoundError):  # a dead job's lock is removed before the next one stands
        return any(f'"pid": {process.pid},' in lock.read_text() for lock in folder.glob("*/lock"))
    return False


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
    wait_for(lambda: holds_lock(asked, tmp_path), asked)
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

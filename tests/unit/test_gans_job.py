"""A training in several processes, as a script starts it: stopped, continued, failed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_training import TINY, TRAIN, VALIDATION

import rockrec
from rockrec.gans.job import TrainingJob
from rockrec.images import write_stack

LIBRARY = Path(rockrec.__file__).parents[1]
SCRIPT = """
import json, logging, sys
from rockrec.gans.job import TrainingJob
TrainingJob(**json.load(open(sys.argv[1]))).run_in_processes(2)
"""


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiles") / "tiles.tif"
    write_stack(path, np.concatenate([TRAIN, VALIDATION]), 50.0)
    return path


def job(tiles, folder, steps=12):
    return TrainingJob(
        tiles=str(tiles),
        training=list(range(len(TRAIN))),
        validation=list(range(len(TRAIN), len(TRAIN) + len(VALIDATION))),
        settings={"kind": "wgan_gp", **TINY, "steps": steps, "decay_to": 4000},
        seed=3,
        checkpoints=str(folder / "checkpoints"),
        device="cpu",
        threads=2,
        checkpoint_seconds=1e9,
        log_seconds=0.1,
        log_file=str(folder / "train.log"),
    )


def start(job, folder):
    """A process that starts the training's processes, as the rule's script does."""
    path = folder / "job.json"
    path.write_text(json.dumps(asdict(job)), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(LIBRARY), "PATH": ""}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, path], env=environment)


def test_stopped_and_continued_two_processes_end_as_undisturbed(tiles, tmp_path, caplog):
    folders = [tmp_path / name for name in ("undisturbed", "stopped")]
    for folder in folders:
        folder.mkdir()
    endless = job(tiles, folders[1], steps=4000)
    starter = start(endless, folders[1])
    log = folders[1] / "train.log"
    until = time.monotonic() + 100
    while "| best" not in (log.read_text(encoding="utf-8") if log.exists() else ""):
        assert starter.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    starter.send_signal(signal.SIGTERM)
    assert starter.wait(60) == 128 + signal.SIGTERM
    (checkpoint,) = (folders[1] / "checkpoints").glob("*/checkpoint_4000.pt")
    step = torch.load(checkpoint)["step"]
    assert not (checkpoint.parent / "lock").exists()

    # A run of another length has the same beginning.
    steps = step + 4 - step % 4
    stopped = job(tiles, folders[1], steps)
    continued = stopped.run_in_processes(2)
    assert f"going on from step {step}" in log.read_text(encoding="utf-8")
    undisturbed = job(tiles, folders[0], steps).run_in_processes(2)
    assert continued.model.read_bytes() == undisturbed.model.read_bytes()
    with caplog.at_level("INFO"):
        assert stopped.run() == continued, "one process looks for the model in the same place"
    assert "is already trained" in caplog.text


def test_the_reason_of_a_process_that_fails_is_in_the_log(tiles, tmp_path):
    broken = job(tiles.with_name("no_such.tif"), tmp_path)
    with pytest.raises(RuntimeError, match="a process of 2"):
        broken.run_in_processes(2)
    said = (tmp_path / "train.log").read_text(encoding="utf-8")
    assert "no_such.tif" in said and "ERROR" in said

"""Training a network to the end, through kills, repeats and other jobs that want the same."""

import logging
import os
import time
from pathlib import Path

import numpy as np
import torch

from rockrec.progress import Progress
from rockrec.seeds import seed_for
from rockrec.threads import use_threads

from . import sampling
from .batches import TileSubset, check_tiles, checksum, phase_fraction
from .checkpoint import RunFiles, checkpoint_key, save_whole
from .interrupt import Interrupted, signals_noted
from .lock import FolderLock
from .loop import Training
from .monitor import Monitor
from .settings import GanSettings

log = logging.getLogger(__name__)

LOSSES_EVERY = 20  # steps between two looks at the losses


def train(
    train_tiles: np.ndarray | TileSubset,
    validation_tiles: np.ndarray | TileSubset,
    settings: GanSettings,
    *,
    seed: int,
    checkpoints: str | os.PathLike,
    device: str = "cpu",
    threads: int | None = None,
    checkpoint_seconds: float = 300.0,
    log_seconds: float = 10.0,
) -> RunFiles:
    """Train a network and keep the generator that is nearest the validation tiles.

    The state is saved every `checkpoint_seconds`; a run that was killed goes on from there and
    ends with the same weights as an undisturbed one (bitwise on a CPU with as many threads).
    If another process trains the same network (same settings, tiles, seed), this one waits and
    takes the result.

    Parameters
    ----------
    train_tiles, validation_tiles : (n, size, size) uint8 0/1, may be memory-mapped.
    checkpoints : folder in which each network has one of its own.
    device : ``cpu``, ``cuda``, or ``auto``: a GPU where there is one.

    Returns
    -------
    Where the finished ``model`` and its ``history`` stand.

    Raises
    ------
    ValueError : tiles that cannot be used, or a device that is not there.
    Interrupted : SIGTERM or SIGINT came; the state is saved.
    TrainingDiverged : a loss became NaN or infinite.
    """
    check_tiles(train_tiles, "training")
    check_tiles(validation_tiles, "validation")
    if validation_tiles.shape[1] != train_tiles.shape[1]:
        raise ValueError(
            f"training tiles of {train_tiles.shape[1]} px, but validation tiles of "
            f"{validation_tiles.shape[1]} px"
        )
    where = choose_device(device)
    if threads is not None:
        use_threads(threads)
    key = checkpoint_key(settings, checksum(train_tiles), checksum(validation_tiles), seed)
    files = RunFiles(Path(checkpoints) / key, settings.steps, settings.patience)
    with FolderLock(files.folder) as lock, signals_noted() as request:
        if files.model.exists():
            log.info("%s is already trained", files.model)
            return files
        fraction = phase_fraction(train_tiles)
        monitor = Monitor(validation_tiles, fraction, settings, seed_for(seed, "monitor"))
        training = Training(train_tiles, monitor, settings, seed, where)
        _resume(training, files)
        _run(training, files, lock, request, checkpoint_seconds, log_seconds)
        _finish(training, files, fraction)
    return files


def choose_device(name: str) -> torch.device:
    """Return the device that ``cpu``, ``cuda`` or ``auto`` stands for here, and log it.

    Raises
    ------
    ValueError : ``cuda`` where torch sees no GPU, or an unknown name.
    """
    if name not in ("cpu", "cuda", "auto"):
        raise ValueError(f"device {name!r} is none of cpu, cuda, auto")
    gpu = torch.cuda.is_available()
    if name == "cuda" and not gpu:
        raise ValueError("device: cuda, but torch sees no GPU here")
    device = torch.device("cuda" if gpu and name != "cpu" else "cpu")
    log.info("training on %s", torch.cuda.get_device_name() if device.type == "cuda" else "CPU")
    return device


def _resume(training: Training, files: RunFiles) -> None:
    state = files.furthest()
    if state is not None:
        training.restore(state)
        log.info("%s: going on from step %d", files.folder, training.step)


def _run(training, files, lock, request, checkpoint_seconds, log_seconds) -> None:
    settings = training.settings
    progress = Progress(
        f"train {settings.kind}", settings.steps, interval=log_seconds, start=training.step
    )
    saved = time.monotonic()
    while not training.is_over():
        training.advance()
        if training.step % settings.check_every == 0:
            training.check()
        elif training.step % LOSSES_EVERY == 0:
            training.read_losses()
        lock.sign_of_life()
        if request.number is not None:
            _save(training, files)
            raise Interrupted(request.number, training.step)
        if time.monotonic() - saved > checkpoint_seconds:
            _save(training, files)
            saved = time.monotonic()
        progress.report(training.step, _best_so_far(training))
    _save(training, files)


def _save(training: Training, files: RunFiles) -> None:
    save_whole(training.state(), files.checkpoint)
    training.history.write(files.history, training.best and training.best["step"])


def _finish(training: Training, files: RunFiles, fraction: float) -> None:
    model = {
        "format": sampling.FORMAT,
        "settings": training.settings.as_dict(),
        "size": training.tiles.shape[1],
        "phase_fraction": fraction,
        **training.best,
    }
    save_whole(model, files.model)


def _best_so_far(training: Training) -> str:
    if training.best is None:
        return ""
    step, metrics = training.best["step"], training.best["metrics"]
    floors = metrics["s2_error"] / metrics["s2_floor"]
    return f"best at step {step}: S2 {floors:.1f} floors, score {metrics['score']:.1f}"

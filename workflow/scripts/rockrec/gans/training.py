"""Training a network to the end, through kills, repeats and other jobs that want the same."""

import logging
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from rockrec.gans import sampling
from rockrec.gans.batches import TileSubset, check_tiles, checksum, phase_fraction
from rockrec.gans.checkpoint import TrainingFiles, checkpoint_key
from rockrec.gans.loop import Training
from rockrec.gans.monitor import Monitor
from rockrec.gans.processes import together
from rockrec.gans.settings import as_dict, at_size
from rockrec.housekeeping.devices import choose_device, device_name
from rockrec.housekeeping.interrupt import Interrupted, signals_noted
from rockrec.housekeeping.lock import FolderLock
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.states import save_whole
from rockrec.housekeeping.threads import use_threads
from rockrec.plain.records.kinds.networks import NetworkSettings
from rockrec.plain.seeds import seed_for

log = logging.getLogger(__name__)

LOSSES_EVERY = 20  # steps between two looks at the losses


def train(
    train_tiles: np.ndarray | TileSubset,
    validation_tiles: np.ndarray | TileSubset,
    settings: NetworkSettings,
    *,
    seed: int,
    checkpoints: str | os.PathLike,
    device: str = "cpu",
    threads: int | None = None,
    checkpoint_seconds: float = 300.0,
    log_seconds: float = 10.0,
) -> TrainingFiles:
    """Train a network and keep the generator that is nearest the validation tiles.

    The state is saved every `checkpoint_seconds`; a run that was killed goes on from there and
    ends with the same weights as an undisturbed one (bitwise on a CPU with as many threads).
    If another process trains the same network (same settings, tiles, seed), this one waits and
    takes the result. Started by ``torchrun``, the processes train one network together: the
    batch is shared among them.

    Parameters
    ----------
    train_tiles, validation_tiles : (n, size, size) uint8 0/1, may be memory-mapped.
    checkpoints : folder in which each network has one of its own.
    device : ``cpu``, ``cuda``, or ``auto``: a GPU where there is one.

    Returns
    -------
    Where the finished ``model``, its ``history`` and the ``strip`` of its tiles stand.

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
    settings = at_size(settings, train_tiles.shape[1])
    if threads is not None:
        use_threads(threads)
    where = choose_device(device)
    key = checkpoint_key(settings, checksum(train_tiles), checksum(validation_tiles), seed)
    files = TrainingFiles(Path(checkpoints) / key, settings.steps, settings.patience)
    with together(where) as processes, ExitStack() as held:
        lock = held.enter_context(FolderLock(files.folder)) if processes.is_first else None
        # The others wait here until the first has the lock, and has looked.
        (finished,) = processes.from_first([files.model.exists()])
        request = held.enter_context(signals_noted())
        if finished:
            log.info("%s is already trained", files.model)
            return files
        fraction = phase_fraction(train_tiles)
        monitor = Monitor(validation_tiles, fraction, settings, seed_for(seed, "monitor"))
        training = Training(train_tiles, monitor, settings, seed, where, processes)
        _resume(training, files)
        compiled = f", {settings.compile} compiled" if training.compiled else ""
        training.devices.append((training.step + 1, device_name(where) + compiled))
        _run(training, files, lock, request, checkpoint_seconds, log_seconds)
        if processes.is_first:
            _finish(training, files, fraction)
        processes.from_first([1.0])  # none leaves before the model is there
    return files


def _resume(training: Training, files: TrainingFiles) -> None:
    state = files.furthest()
    if state is not None:
        training.restore(state)
        log.info("%s: going on from step %d", files.folder, training.step)


def _run(training, files, lock, request, checkpoint_seconds, log_seconds) -> None:
    settings, is_first = training.settings, training.processes.is_first
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
        stop = training.processes.anywhere(request.number is not None)
        if is_first:
            lock.sign_of_life()
            if stop or time.monotonic() - saved > checkpoint_seconds:
                _save(training, files)
                saved = time.monotonic()
            progress.report(training.step, _best_so_far(training))
        if stop:
            raise Interrupted(request.number or signal.SIGTERM, training.step)
    if is_first:
        _save(training, files)
        share = training.check_seconds / max(training.seconds, 1e-9)
        log.info("checks took %.1f %% of the time", 100 * share)


def _save(training: Training, files: TrainingFiles) -> None:
    save_whole(training.state(), files.checkpoint)
    training.history.write(files.history, training.best and training.best["step"], training.devices)
    training.strip.write(files.strip)


def _finish(training: Training, files: TrainingFiles, fraction: float) -> None:
    model = {
        "format": sampling.FORMAT,
        "settings": as_dict(training.settings),
        "size": training.size,
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

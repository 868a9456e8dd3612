"""The folder of a network in training: its key, its files, whole or not at all."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from rockrec.gans.settings import shaping
from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.records.kinds.networks import NetworkSettings

FORMAT = 4  # of the checkpoints; a change in what the loop computes changes it


def checkpoint_key(
    settings: NetworkSettings, train_checksum: str, validation_checksum: str, seed: int
) -> str:
    """Name the folder of a network after what shapes its weights.

    The run length is not part of it, so a longer run continues a shorter one; nor are device
    and threads.
    """
    shaped_by = {
        "format": FORMAT,
        "settings": shaping(settings),
        "train": train_checksum,
        "validation": validation_checksum,
        "seed": seed,
    }
    text = json.dumps(shaped_by, sort_keys=True)
    return f"{settings.kind}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


@dataclass(frozen=True)
class TrainingFiles:
    """The files of a training, named after its length; a longer one starts from a shorter one's."""

    folder: Path
    steps: int
    patience: int | None

    @property
    def model(self) -> Path:
        """The finished model; it is there if and only if the training is over."""
        return self.folder / f"model_{self._length}.pt"

    @property
    def history(self) -> Path:
        """The table of the steps so far, as of the last checkpoint."""
        return self.folder / f"history_{self._length}.csv"

    @property
    def strip(self) -> Path:
        """Tiles at the same latent vectors over the training, as of the last checkpoint."""
        return self.folder / f"strip_{self._length}.npz"

    @property
    def checkpoint(self) -> Path:
        """The state of the training."""
        return self.folder / f"checkpoint_{self._length}.pt"

    @property
    def _length(self) -> str:
        return f"{self.steps}" if self.patience is None else f"{self.steps}_{self.patience}"

    def furthest(self) -> dict | None:
        """Return the furthest state in the folder at which this training cannot have been over."""
        states = [load_whole(path) for path in sorted(self.folder.glob("checkpoint_*.pt"))]
        usable = [state for state in states if self._passes_through(state)]
        return max(usable, key=lambda state: state["step"], default=None)

    def _passes_through(self, state: dict) -> bool:
        less_patient = self.patience is None or (
            state["patience"] is not None and state["patience"] <= self.patience
        )
        return state["step"] <= self.steps and less_patient


def save_whole(content: dict, path: Path) -> None:
    """Save tensors and plain values; equal content gives equal bytes."""
    # Given a path, torch would write the name of the partial file into the archive.
    with written_whole(path) as partial, open(partial, "wb") as file:
        torch.save(_canonical(content), file)
        file.flush()
        os.fsync(file.fileno())


def _canonical(content):
    """Rebuild nested content so that it pickles alike, loaded or computed.

    Pickle writes an object met twice as a reference, so equal strings have to be the same one.
    """
    if isinstance(content, dict):
        return {_canonical(name): _canonical(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_canonical(value) for value in content)
    return sys.intern(content) if isinstance(content, str) else content


def load_whole(path: str | os.PathLike) -> dict:
    """Load what `save_whole` wrote, onto the CPU; no code in the file is run.

    Raises
    ------
    ValueError : the file cannot be read; the message names it.
    """
    check_archive(path)  # torch itself does not look at the checksums in the file
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # torch raises whatever unpickling meets
        raise ValueError(f"{path}: cannot be read: {error}") from error

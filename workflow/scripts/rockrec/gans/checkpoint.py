"""The folder of a network in training: its key, its files, whole or not at all."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rockrec.gans.settings import shaping
from rockrec.housekeeping.states import load_whole
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

"""What the generator draws at the same latent vectors over the training."""

from pathlib import Path

import numpy as np
import torch

from rockrec.housekeeping.outputs import written_whole

SHOWN = 4  # latent vectors
MOST = 32  # checks kept; beyond, every second one goes


class Strip:
    """Gray tiles (SHOWN, size, size) at some of the checks, evenly spread over the training."""

    def __init__(self, state: dict | None = None):
        state = state or {"checks": 0, "every": 1, "steps": [], "tiles": []}
        self.checks, self.every = state["checks"], state["every"]
        self.steps, self.tiles = list(state["steps"]), list(state["tiles"])

    def add(self, step: int, gray: np.ndarray) -> None:
        """Take in the tiles (n, size, size) in [-1, 1] that the check after a step drew."""
        if self.checks % self.every == 0:
            self.steps.append(step)
            levels = np.rint((gray[:SHOWN] + 1) * 127.5).clip(0, 255).astype(np.uint8)
            self.tiles.append(torch.from_numpy(levels))
        self.checks += 1
        if len(self.steps) > MOST:
            self.steps, self.tiles, self.every = self.steps[::2], self.tiles[::2], 2 * self.every

    def state(self) -> dict:
        """Return what a strip is made from again."""
        return {
            "checks": self.checks,
            "every": self.every,
            "steps": list(self.steps),
            "tiles": list(self.tiles),
        }

    def write(self, path: Path) -> None:
        """Write ``steps`` (checks,) and ``tiles`` (checks, SHOWN, size, size) uint8 as ``.npz``."""
        tiles = np.stack([tiles.numpy() for tiles in self.tiles]) if self.tiles else np.empty(0)
        with written_whole(path) as partial, open(partial, "wb") as file:
            np.savez_compressed(file, steps=np.array(self.steps, int), tiles=tiles)

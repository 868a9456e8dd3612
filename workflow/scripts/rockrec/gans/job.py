"""A training as plain values, which a file can hold, and its start in several processes."""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rockrec.gans.batches import TileSubset
from rockrec.gans.checkpoint import TrainingFiles
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.housekeeping.interrupt import signals_noted
from rockrec.images import read_stack

log = logging.getLogger(__name__)

LIBRARY = Path(__file__).parents[2]
POLL = 0.2  # s


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """All that `rockrec.gans.training.train` needs, with the tiles by their file.

    Attributes
    ----------
    tiles : path of the stack of tiles.
    training, validation : lines of the stack.
    settings : a method's block of the config.
    log_file : file that the processes add their lines to, beside stderr.
    """

    tiles: str
    training: list[int]
    validation: list[int]
    settings: dict
    seed: int
    checkpoints: str
    device: str
    threads: int
    checkpoint_seconds: float
    log_seconds: float
    log_file: str

    def run(self) -> TrainingFiles:
        """Train in this process (which may be one of several), or find it done."""
        stack = read_stack(self.tiles)
        return train(
            TileSubset(stack, self.training),
            TileSubset(stack, self.validation),
            gan_settings(self.settings),
            seed=self.seed,
            checkpoints=self.checkpoints,
            device=self.device,
            threads=self.threads,
            checkpoint_seconds=self.checkpoint_seconds,
            log_seconds=self.log_seconds,
        )

    def run_in_processes(self, count: int) -> TrainingFiles:
        """Train in `count` processes on this machine, on a GPU each; they share the threads.

        Raises
        ------
        SystemExit : SIGTERM or SIGINT came; the state is saved.
        RuntimeError : a process failed; the reason stands in the log.
        """
        each = max(self.threads // count, 1)
        with tempfile.TemporaryDirectory(prefix="rockrec-") as folder, signals_noted() as request:
            path = Path(folder, "job.json")
            path.write_text(json.dumps(asdict(self) | {"threads": each}), encoding="utf-8")
            log.info("%d processes of %d threads train together", count, each)
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
                    *(f"--nproc-per-node={count}", "-m", "rockrec.gans", str(path)),
                ],
                env=os.environ | {"PYTHONPATH": str(LIBRARY), "OMP_NUM_THREADS": str(each)},
            )
            passed_on = False
            while process.poll() is None:
                if request.number is not None and not passed_on:
                    process.send_signal(request.number)
                    passed_on = True
                time.sleep(POLL)
        if request.number is not None:
            raise SystemExit(128 + request.number)
        if process.returncode:
            raise RuntimeError(f"a process of {count} that train together failed, see above")
        return self.run()

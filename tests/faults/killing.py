"""Jobs of a run that goes on, and how they are killed."""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path


class Killer(threading.Thread):
    """Kills every job once, a share of its time after it has begun.

    Parameters
    ----------
    moments : seconds from a job's begin until it is killed, by its log's path in the folder.
    """

    def __init__(self, folder: Path, number: int, moments: dict[Path, float]):
        super().__init__(daemon=True)
        self.folder, self.number, self.moments = folder, number, moments
        self.killed, self.over = set(), threading.Event()

    def run(self):
        while not self.over.wait(0.005):
            for process, log in jobs_of(self.folder):
                if log in self.moments and log not in self.killed and self.goes_on(log):
                    self.killed.add(log)
                    threading.Timer(self.moments[log], self.kill, [process]).start()

    def goes_on(self, log: Path) -> bool:
        """Whether a job is past its imports: its log has begun and not ended."""
        said = (self.folder / log).read_text("utf-8")
        return ": start" in said and ": done" not in said

    def kill(self, process: int):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, self.number)


def jobs_of(folder: Path) -> Iterator[tuple[int, Path]]:
    """(process id, its log's path in the folder) of every script that runs there and logs."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") != str(folder):
                continue
            opened = [os.readlink(file) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        for file in opened:
            if file.startswith(f"{folder}/logs/") and file.endswith(".log"):
                yield int(process.name), Path(file).relative_to(folder)


def durations(folder: Path) -> dict[Path, float]:
    """Seconds that each job worked, imports apart, by its log's path in the folder; sorted."""
    found = {}
    for path in sorted(folder.rglob("logs/**/*.log")):
        done = re.search(r": done in ([\d.]+) s", path.read_text("utf-8"))
        if done:
            found[path.relative_to(folder)] = float(done[1])
    return found

"""Jobs of a run that goes on, and how they are killed."""

import contextlib
import os
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path

A_WHILE = 0.5  # s; a shorter job may have ended before it is killed
LATEST = 0.7  # of the time that a job took undisturbed; later it may have ended


class Killer(threading.Thread):
    """Kills each job once, a share of its time after it has begun.

    Parameters
    ----------
    moments : seconds from a job's begin until it is killed, by its log's path in the folder.

    Attributes
    ----------
    met : logs of the jobs that were met at their work, and are to be killed.
    killed : of these, the jobs that were still at it when they were killed.
    """

    def __init__(self, folder: Path, number: int, moments: dict[Path, float]):
        super().__init__(daemon=True)
        self.folder, self.number, self.moments = folder, number, moments
        self.met, self.killed, self.over = set(), set(), threading.Event()

    def run(self):
        while not self.over.wait(0.005):
            for process, log in jobs_of(self.folder):
                if log in self.moments and log not in self.met and self.goes_on(log):
                    self.met.add(log)
                    threading.Timer(self.moments[log], self.kill, [process, log]).start()

    def goes_on(self, log: Path) -> bool:
        """Whether a job is past its imports: its log has begun and not ended."""
        said = (self.folder / log).read_text("utf-8")
        return ": start" in said and ": done" not in said

    def kill(self, process: int, log: Path):
        with contextlib.suppress(ProcessLookupError):
            if self.goes_on(log):
                os.kill(process, self.number)
                self.killed.add(log)


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


def moments_of(undisturbed: Path, draw: random.Random) -> dict[Path, float]:
    """A moment of every job's work, by its log's path in the folder."""
    took = durations(undisturbed)
    return {log: draw.random() * LATEST * seconds for log, seconds in took.items()}


def assert_most_killed(killer: Killer, undisturbed: Path) -> None:
    """Most jobs that take a while were killed; those that were compiling then are quicker now."""
    long = {log for log, seconds in durations(undisturbed).items() if seconds >= A_WHILE}
    assert len(killer.killed & long) >= 0.7 * len(long), f"not killed: {long - killer.killed}"


def durations(folder: Path) -> dict[Path, float]:
    """Seconds that each job worked, imports apart, by its log's path in the folder; sorted."""
    found = {}
    for path in sorted(folder.rglob("logs/**/*.log")):
        done = re.search(r": done in ([\d.]+) s", path.read_text("utf-8"))
        if done:
            found[path.relative_to(folder)] = float(done[1])
    return found

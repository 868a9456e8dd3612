"""Jobs of a run that goes on, and how they are killed."""

import contextlib
import os
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

A_WHILE = 0.5  # s; a shorter job may have ended before it is killed
LATEST = 0.7  # of the time that a job took undisturbed; later it may have ended
MOST_RUNS = 40


class Killer(threading.Thread):
    """Kills each job once, a share of its time after it has begun.

    Parameters
    ----------
    strokes : signal, and seconds from a job's begin until it is sent, by the path of the job's
        log in the folder.

    Attributes
    ----------
    met : logs of the jobs that were met at their work, and are to be killed.
    killed : of these, the jobs that were still at it when they were killed.
    """

    def __init__(self, folder: Path, strokes: dict[Path, tuple[int, float]]):
        super().__init__(daemon=True)
        self.jobs, self.strokes = Jobs(folder), strokes
        self.met, self.killed, self.over = set(), set(), threading.Event()

    def run(self):
        while not self.over.wait(0.005):
            for process, log in self.jobs.now():
                if log in self.strokes and log not in self.met and self.goes_on(log):
                    self.met.add(log)
                    number, seconds = self.strokes[log]
                    threading.Timer(seconds, self.kill, [process, number, log]).start()

    def goes_on(self, log: Path) -> bool:
        """Whether a job is past its imports: its log has begun and not ended."""
        said = (self.jobs.folder / log).read_text("utf-8")
        return ": start" in said and ": done" not in said

    def kill(self, process: int, number: int, log: Path):
        with contextlib.suppress(ProcessLookupError):
            if self.goes_on(log):
                os.kill(process, number)
                self.killed.add(log)


class Jobs:
    """The scripts that run in a folder and log there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._elsewhere: set[str] = set()

    def now(self) -> list[tuple[int, Path]]:
        """(process id, its log's path in the folder) of each."""
        processes = {name for name in os.listdir("/proc") if name.isdecimal()}
        self._elsewhere &= processes
        found = []
        for name in processes - self._elsewhere:
            process = Path("/proc", name)
            try:
                if os.readlink(process / "cwd") != str(self.folder):
                    self._elsewhere.add(name)
                    continue
                opened = [os.readlink(file) for file in (process / "fd").iterdir()]
            except OSError:
                continue
            for file in opened:
                if file.startswith(f"{self.folder}/logs/") and file.endswith(".log"):
                    found.append((int(name), Path(file).relative_to(self.folder)))
        return found


def strokes_of(
    undisturbed: Path, draw: random.Random, numbers: Sequence[int]
) -> dict[Path, tuple[int, float]]:
    """A signal and a moment of every job's work; the jobs of a rule take the signals in turn."""
    strokes, jobs_of_rule = {}, Counter()
    for log, seconds in durations(undisturbed).items():
        number = numbers[jobs_of_rule[log.stem] % len(numbers)]
        jobs_of_rule[log.stem] += 1
        strokes[log] = number, draw.random() * LATEST * seconds
    return strokes


def run_until_none_is_killed(
    run: Callable, folder: Path, strokes: dict[Path, tuple[int, float]], *targets: str
) -> Killer:
    """Start a run again and again, until it ends well; return who killed its jobs."""
    killer, failures = Killer(folder, strokes), 0
    killer.start()
    while run(folder, "--keep-going", *targets)[0] != 0:
        failures += 1
        assert failures < MOST_RUNS, (folder / "said.txt").read_text("utf-8")[-3000:]
    killer.over.set()
    assert failures, "nothing was killed"
    return killer


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

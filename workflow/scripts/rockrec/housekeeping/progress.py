"""Long work tells where it is: one log line per report, with the time still to go."""

import logging
import time

log = logging.getLogger(__name__)


class Progress:
    """Log ``<what> <done>/<total> ... ETA`` at most every `interval` seconds.

    Parameters
    ----------
    what : name of the work, e.g. ``"anneal"``.
    total : number of units of work.
    interval : least seconds between two lines; the last unit is always reported.
    """

    def __init__(self, what: str, total: int, interval: float = 10.0, start: int = 0):
        self.what, self.total, self.interval = what, total, interval
        self.start = start
        self.began = time.monotonic()
        self.last = self.began

    def report(self, done: int, detail: str = "") -> None:
        """Say that `done` of the units are finished; `detail` is appended to the line."""
        now = time.monotonic()
        if done < self.total and now - self.last < self.interval:
            return
        self.last = now
        elapsed = now - self.began
        worked = max(done - self.start, 1)
        remaining = elapsed / worked * (self.total - done)
        line = f"{self.what} {done}/{self.total}, {elapsed:.0f} s, ETA {remaining:.0f} s"
        log.info("%s%s", line, f" | {detail}" if detail else "")

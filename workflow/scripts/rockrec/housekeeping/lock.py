"""A lock on a folder, so that two jobs never train the same network at once."""

import contextlib
import fcntl
import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

SILENCE = 900.0  # s without a sign of life, after which a job on another host counts as gone
SIGN_EVERY = 60.0  # s


class LockLost(RuntimeError):
    """Another job has taken the folder over."""


class FolderLock:
    """Mutual exclusion by a file ``lock`` that names host, process and job.

    A lock whose process is gone (on this host), or that gave no sign of life for 15 minutes
    (on another), is taken over. The holder calls `sign_of_life` now and then.
    """

    def __init__(self, folder: Path, poll: float = 2.0):
        self.path = folder / "lock"
        self.guard = folder / "lock.guard"
        self.poll = poll
        self.token = uuid.uuid4().hex
        self.last_sign = 0.0

    def __enter__(self) -> "FolderLock":
        """Wait until the folder is free, and take it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        seen, since = None, time.monotonic()
        said = False
        while not self._created():
            sign, holder = self._held()
            if sign != seen:
                seen, since = sign, time.monotonic()
            if holder is not None and not said:
                log.info(
                    "waiting for the same network, trained by process %s on %s (job %s)",
                    *(holder.get(name) for name in ("pid", "host", "job")),
                )
                said = True
            self._remove_if_stale(silent=time.monotonic() - since > SILENCE)
            if self.path.exists():
                time.sleep(self.poll)
        return self

    def __exit__(self, *exception) -> None:
        with self._guarded():
            if self._is_mine():
                self.path.unlink()

    def sign_of_life(self) -> None:
        """Show that this job is alive.

        Raises
        ------
        LockLost : another job thought it dead and has taken over.
        """
        if time.monotonic() - self.last_sign < SIGN_EVERY:
            return
        if not self._is_mine():
            raise LockLost(f"{self.path}: another job has taken over this training")
        os.utime(self.path)
        self.last_sign = time.monotonic()

    def _created(self) -> bool:
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        with os.fdopen(handle, "w") as file:
            json.dump({**_this_process(), "token": self.token}, file)
        return True

    def _held(self) -> tuple[object, dict | None]:
        """Return what changes with each sign of life, and the holder as far as it is known."""
        try:
            return self.path.stat().st_mtime_ns, json.loads(self.path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None, None

    def _is_mine(self) -> bool:
        holder = self._held()[1]
        return holder is not None and holder.get("token") == self.token

    def _remove_if_stale(self, silent: bool) -> None:
        with self._guarded():
            _, holder = self._held()
            known_dead = holder is not None and _is_dead(holder)
            here = holder is not None and holder.get("host") == socket.gethostname()
            if known_dead or (silent and not here):
                log.warning("taking over a training whose job is gone: %s", holder)
                self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Let only one process at a time look at the lock and remove it."""
        with open(self.guard, "w") as file:
            # Some network file systems know no flock; the lock itself does not need it.
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _this_process() -> dict:
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started": _started(os.getpid()),
        "job": os.environ.get("SLURM_JOB_ID"),
    }


def _is_dead(holder: dict) -> bool:
    if holder["host"] != socket.gethostname():
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    # The number may have been given to a new process since.
    return _started(holder["pid"]) != holder["started"]


def _started(pid: int) -> str | None:
    """Return when a process started, in words of the kernel: boot and clock ticks since."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None
    return f"{boot} {ticks}"

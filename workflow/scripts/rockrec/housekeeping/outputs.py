"""Output files that appear whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: str | os.PathLike) -> Iterator[Path]:
    """Yield ``<path>.partial`` to write to; on success it becomes `path` in one step.

    If the block raises, the partial file is removed and whatever stood at `path` stays as
    it was; an error of the disk (full, read-only) that names no file is given the path. The
    folder is made if it is missing. A killed process leaves the partial file behind; the next
    run overwrites it. If another process is writing the same file (one whose head was killed,
    say), this one waits for it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    held = _held(partial)
    try:
        yield partial
        os.replace(partial, target)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:
            reason = os.strerror(error.errno) if error.errno else f"is the disk full? {error}"
            raise OSError(error.errno, reason, str(target)) from error
        raise
    finally:
        held.close()


def _held(partial: Path) -> BinaryIO:
    """Open a partial file such that no other process writes it until it is closed."""
    while True:
        file = open(partial, "ab")  # noqa: SIM115 (the caller closes it)
        with suppress(OSError):  # some network file systems know no flock
            fcntl.flock(file, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), os.stat(partial)):
                return file
        file.close()  # it has become the whole file while this process waited

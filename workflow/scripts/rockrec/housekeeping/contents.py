"""The user's files, known by what they hold: whatever their time says, another content is seen.

A checksum is taken anew only where a file's size or time is another than when it was last taken.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rockrec.housekeeping.integrity import DamagedFile, checksum
from rockrec.housekeeping.outputs import written_whole

BOOK = Path(".snakemake/rockrec/contents.json")  # in the run's folder; deleted, it is made anew
LARGE = 2**30  # bytes; reading so many is told


class Contents:
    """Checksums of files, kept in a book beside the run: by path its size, time and checksum.

    Parameters
    ----------
    tell : is given a line before a large file is read.
    """

    def __init__(self, tell: Callable[[str], None] = lambda line: None, book: Path = BOOK):
        self._tell, self._book = tell, book
        self._known = self._kept()

    def of(self, paths: Sequence[str | os.PathLike]) -> str | None:
        """Return one checksum of several files together, as hexadecimal text.

        Of a file that is not there (to be fetched, say) it is the last that was known; None if
        there is none.
        """
        found, new = [], {}
        for path in map(os.fspath, paths):
            size, time, known = self._known.get(path, (None, None, None))
            if os.path.exists(path):
                state = os.stat(path)
                if (size, time) != (state.st_size, state.st_mtime_ns):
                    if state.st_size > LARGE:
                        self._tell(f"Reading {path} to know it by its content")
                    known = checksum(path)
                    new[path] = state.st_size, state.st_mtime_ns, known
            if known is None:
                return None
            found.append(known)
        if new:
            self._known = self._kept() | self._known | new
            with written_whole(self._book) as partial:
                partial.write_text(json.dumps(self._known), encoding="utf-8")
        return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()

    def check(self, paths: Sequence[str | os.PathLike], planned: str | None) -> None:
        """Raise DamagedFile unless files hold what they held when the run was planned."""
        if planned is not None and self.of(paths) != planned:
            raise DamagedFile(
                f"{name_of(paths)}: holds something else than when this run was planned; run it "
                "again"
            )

    def _kept(self) -> dict[str, tuple]:
        try:
            return json.loads(self._book.read_text("utf-8"))
        except (OSError, ValueError):
            return {}


def name_of(paths: Sequence[str | os.PathLike]) -> str:
    """Name several files in short, as one source."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{os.fspath(paths[0])}{more}"

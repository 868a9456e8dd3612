"""Results as they were written: a checksum of each is kept, and looked at before it is used."""

import hashlib
import os
import zipfile
from pathlib import Path

from rockrec.housekeeping.outputs import written_whole

RESULTS, RECORDS = "results", "checksums"  # results/checksums mirrors results
REMEDY = "delete it to have it made again"


class DamagedFile(ValueError):
    """A file that is not as it was written; the message names it and says what to do."""


def checksum(path: str | os.PathLike) -> str:
    """SHA-256 of a file, as hexadecimal text."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_checksum(path: str | os.PathLike) -> None:
    """Keep the checksum of a file in ``results/``; nothing is kept of others."""
    record = _record_of(path)
    if record:
        with written_whole(record) as partial:
            partial.write_text(f"{checksum(path)}\n", encoding="ascii")


def check_unchanged(path: str | os.PathLike) -> None:
    """Compare a file with its checksum, where one was kept.

    Raises
    ------
    DamagedFile : the file is another than the one that was written.
    """
    record = _record_of(path)
    if record and record.exists() and record.read_text("ascii").strip() != checksum(path):
        raise DamagedFile(
            f"{path}: damaged, or edited since it was made (its checksum is not that in {record}); "
            f"{REMEDY}, or delete {record} to use it as it is"
        )


def check_archive(path: str | os.PathLike) -> None:
    """Compare the parts of a ZIP file (.npz, .pt) with the checksums that it holds itself.

    Raises
    ------
    DamagedFile : a part is damaged, or the file is no ZIP file.
    """
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                damaged = archive.testzip()
        except Exception as error:  # a wrong byte can lead to any error of any decompressor
            raise DamagedFile(f"{path}: truncated or damaged ({error}); {REMEDY}") from error
    if damaged:
        raise DamagedFile(f"{path}: damaged at {damaged}; {REMEDY}")


def _record_of(path: str | os.PathLike) -> Path | None:
    """Where the checksum of a result stands: in a module of another workflow, below its prefix."""
    path = Path(os.path.normpath(path))
    folders = [folder for folder in path.parents if folder.name == RESULTS]
    if not folders or path.is_absolute():
        return None
    return folders[0] / RECORDS / f"{path.relative_to(folders[0])}.sha256"

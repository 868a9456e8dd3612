"""Results as they were written: a checksum of each is kept, and looked at before it is used.

Beside it are kept the checksums of the user's files that a result was made from, so that nothing is
made of two results that come from different contents of one file.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Mapping
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


def keep_checksum(path: str | os.PathLike, sources: Mapping[str, str] | None = None) -> None:
    """Keep the checksum of a file in ``results/``; nothing is kept of others, nor of folders.

    `sources` are the checksums of the user's files that it was made from, by their names.
    """
    record = _record_of(path)
    if record and not os.path.isdir(path):
        lines = [checksum(path), *(f"{known} {name}" for name, known in (sources or {}).items())]
        with written_whole(record) as partial:
            partial.write_text("\n".join([*lines, ""]), encoding="utf-8")


def check_unchanged(path: str | os.PathLike) -> None:
    """Compare a file with its checksum, where one was kept.

    Raises
    ------
    DamagedFile : the file is another than the one that was written.
    """
    lines = _kept_of(path)
    if lines and lines[0].strip() != checksum(path):
        record = _record_of(path)
        raise DamagedFile(
            f"{path}: damaged, or edited since it was made (its checksum is not that in {record}); "
            f"{REMEDY}, or delete {record} to use it as it is"
        )


def sources_of(
    paths: Iterable[str | os.PathLike], own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return by name the checksums of the user's files that results were made from.

    Parameters
    ----------
    own : those of the user's files that are used beside the results.

    Raises
    ------
    DamagedFile : results that were made from different contents of one file.
    """
    found = {name: ("", known) for name, known in (own or {}).items()}
    for path in map(str, paths):
        for line in _kept_of(path)[1:]:
            known, _, name = line.partition(" ")
            other, first = found.setdefault(name, (path, known))
            if known != first:
                beside = f"{other} was made from" if other else "there is now"
                raise DamagedFile(
                    f"{path}: was made from another content of {name} than {beside}; {REMEDY}"
                )
    return {name: known for name, (_, known) in found.items()}


def check_model_file(path: str | os.PathLike, kind: str) -> None:
    """Raise ValueError unless the file of a model is there, a ZIP file, and whole.

    Parameters
    ----------
    kind : of the model, which messages name: ``a U-Net``.
    """
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file")
    with open(path, "rb") as file:
        if file.read(2) != b"PK":  # no ZIP file, and never was one
            raise ValueError(f"{path}: not {kind} of this project")
    check_archive(path)


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


def _kept_of(path: str | os.PathLike) -> list[str]:
    """The lines of a result's record; none where nothing is kept of it."""
    record = _record_of(path)
    return record.read_text("utf-8").splitlines() if record and record.exists() else []


def _record_of(path: str | os.PathLike) -> Path | None:
    """Where the checksum of a result stands: in a module of another workflow, below its prefix."""
    path = Path(os.path.normpath(path))
    folders = [folder for folder in path.parents if folder.name == RESULTS]
    if not folders or path.is_absolute():
        return None
    return folders[0] / RECORDS / f"{path.relative_to(folders[0])}.sha256"

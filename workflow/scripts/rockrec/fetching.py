"""Published mosaics: fetched, verified by their checksum, taken out of their archive."""

import hashlib
import os
import shutil
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rockrec.housekeeping.outputs import written_whole
from rockrec.housekeeping.progress import Progress

CHUNK = 1 << 20  # bytes
TIMEOUT = 60  # seconds without a byte
TIFF_SUFFIXES = (".tif", ".tiff")


class FetchError(Exception):
    """A published file could not be fetched or is not what it should be; the message says why."""


def download(url: str, sha256: str, path: str | os.PathLike) -> None:
    """Fetch a file and keep it only if its checksum is the one given.

    Parameters
    ----------
    url : ``https://``, ``http://`` or ``file://``.
    sha256 : of the whole file, hexadecimal.

    Raises
    ------
    FetchError : the address cannot be reached, or the file has another checksum.
    """
    digest = hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(url, timeout=TIMEOUT) as source,
            written_whole(path) as partial,
            open(partial, "wb") as file,
        ):
            total = int(source.headers.get("Content-Length") or 0)
            progress = Progress(f"fetch {Path(path).name}, bytes", total)
            done = 0
            while chunk := source.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                if total:
                    progress.report(done)
            if total and done < total:
                raise FetchError(f"{url}: ended after {done:,} of {total:,} bytes")
            if digest.hexdigest() != sha256.lower():
                raise FetchError(
                    f"{url}: its SHA-256 is {digest.hexdigest()}, the config says {sha256}: "
                    "another version, or not the whole file"
                )
    except (urllib.error.URLError, ValueError, TimeoutError, ConnectionError) as error:
        raise FetchError(f"{url}: {getattr(error, 'reason', error)}") from error


def unpack(archive: str | os.PathLike, member: str | None, path: str | os.PathLike) -> None:
    """Take one file out of a ZIP or tar archive, or the TIFF that the "archive" is, to `path`.

    Nothing else of the archive is written, whatever its members are called.

    Parameters
    ----------
    member : name inside the archive; None for a plain TIFF.

    Raises
    ------
    FetchError : no archive, no such member, a member that is no plain file or would not fit on
        the disk.
    """
    with _opened(Path(archive), member) as (source, size):
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target.parent).free
        if size > free:
            raise FetchError(
                f"{archive}: {member} takes {size:,} bytes, {target.parent} has {free:,} left"
            )
        with written_whole(target) as partial, open(partial, "wb") as file:
            shutil.copyfileobj(source, file, CHUNK)


@contextmanager
def _opened(archive: Path, member: str | None) -> Iterator[tuple[BinaryIO, int]]:
    """Yield a member as a stream, and its size in bytes."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as file:
            files = {info.filename: info for info in file.infolist() if not info.is_dir()}
            info = files[_named(archive, member, files)]
            with file.open(info) as stream:
                yield stream, info.file_size
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as file:
            files = {info.name: info for info in file if info.isfile()}
            info = files[_named(archive, member, files)]
            yield file.extractfile(info), info.size
    elif member is None:
        with open(archive, "rb") as stream:
            yield stream, archive.stat().st_size
    else:
        raise FetchError(f"{archive}: is neither a ZIP nor a tar archive, so it holds no {member}")


def _named(archive: Path, member: str | None, files: dict) -> str:
    if member in files:
        return member
    tiffs = [name for name in files if name.lower().endswith(TIFF_SUFFIXES)]
    wanted = "name the member" if member is None else f"no plain file {member!r} in it"
    raise FetchError(f"{archive}: {wanted}; its TIFF files are {', '.join(tiffs) or 'none'}")


def by_hand(path: str, page: str, reason: str) -> str:
    """Say why a mosaic could not be fetched, and how to place it by hand."""
    return (
        f"{path} is not there and cannot be fetched: {reason}.\n"
        f"By hand: open {page}, download the segmented mosaic, and place it as {path} (a TIFF). "
        "Or name in the config, under the sample's archive, the file's address (url), its "
        "checksum (sha256) and, in a ZIP or tar archive, the mosaic's name in it (member)."
    )

"""Tensors and plain values in a file, whole or not at all, the same bytes for equal content."""

import os
import sys
from pathlib import Path

import torch

from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole


def save_whole(content: dict, path: Path) -> None:
    """Save tensors and plain values; equal content gives equal bytes."""
    # Given a path, torch would write the name of the partial file into the archive.
    with written_whole(path) as partial, open(partial, "wb") as file:
        torch.save(_canonical(content), file)
        file.flush()
        os.fsync(file.fileno())


def _canonical(content):
    """Rebuild nested content so that it pickles alike, loaded or computed.

    Pickle writes an object met twice as a reference, so equal strings have to be the same one.
    """
    if isinstance(content, dict):
        return {_canonical(name): _canonical(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_canonical(value) for value in content)
    return sys.intern(content) if isinstance(content, str) else content


def load_whole(path: str | os.PathLike) -> dict:
    """Load what `save_whole` wrote, onto the CPU; no code in the file is run.

    Raises
    ------
    ValueError : the file cannot be read; the message names it.
    """
    check_archive(path)  # torch itself does not look at the checksums in the file
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # torch raises whatever unpickling meets
        raise ValueError(f"{path}: cannot be read: {error}") from error

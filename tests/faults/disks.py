"""A small disk for the results of a run, and how it is filled."""

import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest


def mounted(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True).returncode == 0


@contextmanager
def on_small_disk(folder):
    """Let the results of a finished run lie on a disk of 256 MB of their own."""
    disk, kept = folder / "results", folder / "kept"
    disk.rename(kept)
    disk.mkdir()
    if not mounted("-t", "tmpfs", "-o", "size=256m", "tmpfs", disk):
        pytest.skip("a disk of its own can be mounted by root only")
    try:
        shutil.copytree(kept, disk, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing more fits."""
    ballast = disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


def assert_names_full_disk(said: str, target: str) -> None:
    """The error itself names a file of the stage, beside the reason."""
    folder = re.escape(target.rpartition("/")[0].removeprefix("results/"))
    reason = r"(No space left on device|is the disk full\?).*"
    assert re.search(rf"Error.*{reason}'results/(checkpoints/)?{folder}/", said), said[-3000:]

"""A small disk for the results of a run, and how it is filled."""

import re
import shutil
import subprocess
from collections.abc import Callable
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


def fails_on_full_disk(run: Callable, folder: Path, target: str) -> None:
    """A stage on a full disk fails with an error that names its file; then it is done again.

    So that the next stage has what it needs, and it is that stage that fails.
    """
    (folder / target).unlink(missing_ok=True)
    ballast = fill(folder / "results")
    status, said = run(folder, "--force", target)
    ballast.unlink()
    assert status != 0, f"{target}: written to a full disk"
    place = re.escape(target.rpartition("/")[0].removeprefix("results/"))
    reason = r"(No space left on device|is the disk full\?)"
    assert re.search(rf"Error: .*{reason}.*'results/(checkpoints/)?{place}/", said), said[-3000:]
    status, said = run(folder, target)
    assert status == 0, said[-3000:]

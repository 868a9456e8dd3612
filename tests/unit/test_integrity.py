"""Damaged files are noticed, and two processes never write one file at once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rockrec.housekeeping.integrity import (
    DamagedFile,
    check_archive,
    check_unchanged,
    keep_checksum,
)

RESULT = Path("results/rock/tiles.tif")


@pytest.fixture
def result(tmp_path, monkeypatch):
    """A result with its checksum, in a run's folder."""
    monkeypatch.chdir(tmp_path)
    RESULT.parent.mkdir(parents=True)
    RESULT.write_bytes(bytes(range(256)))
    keep_checksum(RESULT)
    return RESULT


@pytest.mark.parametrize("at", [0, 100, 255])
def test_a_single_flipped_bit_is_noticed(result, at):
    check_unchanged(result)
    data = bytearray(result.read_bytes())
    data[at] ^= 1
    result.write_bytes(data)
    with pytest.raises(DamagedFile, match="results/rock/tiles.tif: damaged, or edited"):
        check_unchanged(result)


def test_the_message_says_how_to_use_an_edited_file(result):
    result.write_bytes(b"edited")
    with pytest.raises(DamagedFile) as error:
        check_unchanged(result)
    record = Path(str(error.value).rsplit("delete ", 1)[1].split()[0])
    record.unlink()
    check_unchanged(result)


def test_files_of_the_user_have_no_checksum(result):
    Path("resources").mkdir()
    for path in (Path("resources/mosaic.tif"), Path("results/../elsewhere.tif")):
        path.write_bytes(b"mine")
        keep_checksum(path)
        path.write_bytes(b"changed")
        check_unchanged(path)
    assert len(list(Path("results/checksums").rglob("*.sha256"))) == 1


@pytest.mark.parametrize("compressed", [True, False])
def test_a_damaged_archive_is_noticed_by_its_own_checksums(tmp_path, compressed):
    path = tmp_path / "a.npz"
    save = np.savez_compressed if compressed else np.savez
    save(path, a=np.random.default_rng(0).integers(0, 256, 5000, np.uint8))
    check_archive(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedFile, match="a.npz"):
        check_archive(path)
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 4
    path.write_bytes(damaged)
    with pytest.raises(DamagedFile, match="a.npz"):
        check_archive(path)


@pytest.mark.parametrize("compressed", [True, False])
def test_whatever_byte_is_wrong_it_is_named_or_makes_no_difference(tmp_path, compressed):
    random = np.random.default_rng(0)
    path = tmp_path / "a.npz"
    save = np.savez_compressed if compressed else np.savez
    array = random.integers(0, 256, 1000, np.uint8)
    save(path, a=array)
    whole = path.read_bytes()
    noticed = 0
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= random.integers(1, 256)
        path.write_bytes(damaged)
        try:
            check_archive(path)
        except DamagedFile as error:
            assert str(path) in str(error)
            noticed += 1
        else:
            with np.load(path) as file:
                assert np.array_equal(file["a"], array)
    assert noticed >= array.nbytes


WRITER = """
import sys, time
from rockrec.housekeeping.outputs import written_whole
letter, seconds = sys.argv[1], float(sys.argv[2])
with written_whole("result.txt") as partial, open(partial, "w") as file:
    print("begun", flush=True)
    for _ in range(20):
        file.write(letter * 100)
        file.flush()
        time.sleep(seconds / 20)
"""


def test_the_second_writer_of_a_file_waits_for_the_first(tmp_path):
    """As when the head of a run was killed and its job goes on."""

    def start(letter, seconds):
        return subprocess.Popen(
            [sys.executable, "-c", WRITER, letter, str(seconds)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path("workflow/scripts").resolve())},
            stdout=subprocess.PIPE,
            text=True,
        )

    first = start("a", 2)
    assert first.stdout.readline() == "begun\n"
    second, began = start("b", 0), time.monotonic()
    assert second.stdout.readline() == "begun\n"
    assert first.wait() == 0 and time.monotonic() - began > 1
    assert second.wait() == 0
    assert (tmp_path / "result.txt").read_text() == "b" * 2000
    assert [path.name for path in tmp_path.iterdir()] == ["result.txt"]


def test_a_killed_writer_keeps_no_one_waiting(tmp_path, monkeypatch):
    first = subprocess.Popen(
        [sys.executable, "-c", WRITER, "a", "60"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path("workflow/scripts").resolve())},
        stdout=subprocess.PIPE,
    )
    first.stdout.readline()
    first.kill()
    first.wait()
    from rockrec.housekeeping.outputs import written_whole

    with written_whole(tmp_path / "result.txt") as partial:
        partial.write_text("b")
    assert [path.name for path in tmp_path.iterdir()] == ["result.txt"]

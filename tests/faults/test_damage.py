"""Every file between two stages is truncated, and bytes of it are flipped: it is never used."""

import os
import re
import shutil
from pathlib import Path

import pytest
from planning import dag_of
from small_runs import COMPUTED, assert_same, config, copy_of, run

from rockrec.housekeeping.integrity import DamagedFile, check_unchanged


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def flip(path):
    data = bytearray(path.read_bytes())
    for at in {len(data) // 3, len(data) // 2, len(data) - 1}:
        data[at] ^= 0x10
    path.write_bytes(data)


DAMAGES = (truncate, flip)


def damaged(path, damage):
    """Damage a file and leave it its times, so that only its content tells."""
    times = path.stat()
    damage(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture(scope="module")
def between(finished):
    """Files that one stage writes and another reads."""
    before = Path.cwd()
    try:
        with dag_of(finished, config()) as workflow:
            jobs = list(workflow.dag.jobs)
            written = {path for job in jobs for path in job.output}
            read = {path for job in jobs if job.output for path in job.input}
    finally:
        os.chdir(before)
    return sorted(path for path in written & read if (finished / path).exists())


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_file_between_two_stages_is_refused_by_name(
    finished, between, tmp_path, damage, monkeypatch
):
    assert len(between) > 20
    folder = copy_of(finished, tmp_path)
    monkeypatch.chdir(folder)
    for path in between:
        check_unchanged(path)
        damaged(Path(path), damage)
        with pytest.raises(DamagedFile, match=Path(path).name):
            check_unchanged(path)


def test_a_stage_that_is_given_a_damaged_file_says_so_and_makes_nothing(finished, tmp_path):
    folder = copy_of(finished, tmp_path)
    tiles = "results/rock/e/tiles.tif"
    targets = ("results/rock/e/train/curves.csv", "results/rock/e/gan/1/model.pt")
    for damage in DAMAGES:
        shutil.copy2(finished / tiles, folder / tiles)
        damaged(folder / tiles, damage)
        status, said = run(folder, "--keep-going", "--force", *targets)
        assert status != 0
        assert said.count(f"{tiles}: damaged") >= 2  # each stage's log is shown
        assert not any((folder / target).exists() for target in targets)
    (folder / tiles).unlink()
    status, said = run(folder, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(folder, finished)


def test_damaged_work_of_a_stopped_job_is_named_and_never_used(finished, tmp_path):
    """What `results/checkpoints` holds has no checksum beside it, but one within."""
    folder = copy_of(finished, tmp_path)
    for model in folder.rglob("results/checkpoints/**/model_*.pt"):
        model.unlink()  # as if the training had not ended
    kinds = ("*.npz", "checkpoint_*.pt")  # of annealing, of training
    work = [list(folder.rglob(f"results/checkpoints/**/{kind}")) for kind in kinds]
    targets = [f"results/rock/e/{made}" for made in ("sa/1/realisations.tif", "gan/1/model.pt")]
    for damage in DAMAGES:
        for path in (path for paths in work for path in paths):
            shutil.copy2(finished / path.relative_to(folder), path)
            damaged(path, damage)
        status, said = run(folder, "--keep-going", "--force", *targets)
        assert status != 0
        for paths in work:
            names = "|".join(re.escape(str(path.relative_to(folder))) for path in paths)
            assert re.search(f"({names}): (truncated or )?damaged", said), said[-3000:]
    for path in (path for paths in work for path in paths):
        path.unlink()
    status, said = run(folder, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(folder, finished)

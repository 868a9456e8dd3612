"""Snakemake itself is killed, or started twice."""

import shutil
import time

from killing import Jobs
from small_runs import COMPUTED, PATIENCE, assert_same, copy_of, left_behind, run, start


def without_experiment(finished, folder):
    """A copy of a finished run of which the mosaic's stages are left."""
    copy_of(finished, folder)
    for gone in ("checkpoints", "rock/e", "rock/res"):
        shutil.rmtree(folder / "results" / gone)
    shutil.rmtree(folder / "logs")
    return folder


def wait_for(met, folder, head):
    """Wait until a job is met at its work, by its log."""
    until, jobs = time.monotonic() + PATIENCE, Jobs(folder)
    while not [log for _, log in jobs.now() if met(log)]:
        assert head.poll() is None and time.monotonic() < until
        time.sleep(0.01)


def test_a_head_that_is_killed_while_its_job_goes_on(finished, tmp_path):
    """The job goes on without its head; the next run says that the folder is locked."""
    folder = without_experiment(finished, tmp_path)
    head = start(folder, *COMPUTED)
    wait_for(lambda log: log.stem in ("train_gan", "anneal"), folder, head)
    head.kill()
    head.wait()
    status, said = run(folder)
    assert status != 0
    assert "--unlock" in said
    assert run(folder, "--unlock")[0] == 0
    status, said = run(folder, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(folder, finished)
    assert not left_behind(folder)


def test_two_runs_in_one_folder_at_once(finished, tmp_path):
    folder = without_experiment(finished, tmp_path)
    first = start(folder, *COMPUTED)
    wait_for(lambda log: True, folder, first)
    (folder / "said.txt").rename(folder / "first.txt")
    status, said = run(folder)
    assert status != 0
    assert "locked" in said
    assert first.wait(PATIENCE) == 0, (folder / "first.txt").read_text("utf-8")[-3000:]
    assert_same(folder, finished)


def test_two_runs_that_know_no_lock_do_not_spoil_each_other(finished, tmp_path):
    """As on two machines that share a folder, with ``--nolock``."""
    target = "results/rock/e/tiles.tif"
    processes = [start(tmp_path, "--nolock", target) for _ in range(2)]
    for process in processes:
        process.wait(PATIENCE)
    status, said = run(tmp_path, "--nolock", target)
    assert status == 0, said[-3000:]
    assert_same(tmp_path, finished, [target])
    assert not left_behind(tmp_path)

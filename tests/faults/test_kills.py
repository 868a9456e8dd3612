"""Each job is killed once, at a moment of its work; then the run is started again, and again.

``KILLS=5`` repeats it at five moments; without it there is one.
"""

import os
import random
import signal
import time

import pytest
from killing import Killer, assert_most_killed, durations, jobs_of, moments_of
from small_runs import COMPUTED, PATIENCE, assert_same, left_behind, run, start

KILLS = int(os.environ.get("KILLS", "1"))
MOST_RUNS = 40
QUICK = {"list_layers"}  # may end before it is met


@pytest.mark.parametrize("repeat", range(KILLS))
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_run_of_which_each_job_is_killed_ends_as_an_undisturbed_one(
    finished, tmp_path, number, repeat
):
    killer = Killer(tmp_path, number, moments_of(finished, random.Random(repeat)))
    killer.start()
    failures = 0
    targets = COMPUTED if number == signal.SIGTERM else []
    while run(tmp_path, "--keep-going", *targets)[0] != 0:
        failures += 1
        assert failures < MOST_RUNS, (tmp_path / "said.txt").read_text("utf-8")[-3000:]
    killer.over.set()
    assert failures, "nothing was killed"
    unmet = {log.stem for log in durations(tmp_path)} - {log.stem for log in killer.met}
    assert unmet <= QUICK, f"never met: {unmet}"
    if not targets:
        assert_most_killed(killer, finished)
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)


def test_a_head_that_is_killed_while_its_job_goes_on(finished, tmp_path):
    """The job goes on without its head; the next run says that the folder is locked."""
    head = start(tmp_path, *COMPUTED)
    until = time.monotonic() + PATIENCE
    while not [log for _, log in jobs_of(tmp_path) if log.stem in ("train_gan", "anneal")]:
        assert head.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    head.kill()
    head.wait()
    status, said = run(tmp_path)
    assert status != 0
    assert "--unlock" in said
    assert run(tmp_path, "--unlock")[0] == 0
    status, said = run(tmp_path, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)


def test_two_runs_in_one_folder_at_once(finished, tmp_path):
    first = start(tmp_path, *COMPUTED)
    until = time.monotonic() + PATIENCE
    while not list(jobs_of(tmp_path)):
        assert first.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    said_by_first = tmp_path / "said.txt"
    said_by_first.rename(tmp_path / "first.txt")
    status, said = run(tmp_path)
    assert status != 0
    assert "locked" in said
    assert first.wait(PATIENCE) == 0, (tmp_path / "first.txt").read_text("utf-8")[-3000:]
    assert_same(tmp_path, finished)


def test_two_runs_that_know_no_lock_do_not_spoil_each_other(finished, tmp_path):
    """As on two machines that share a folder, with ``--nolock``."""
    target = "results/rock/e/tiles.tif"
    processes = [start(tmp_path, "--nolock", target) for _ in range(2)]
    for process in processes:
        process.wait(PATIENCE)
    status, said = run(tmp_path, "--nolock", *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)

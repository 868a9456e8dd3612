"""Each job that computes is told once to end, at a moment of its work: SIGTERM, not SIGKILL."""

import os
import random
import signal

import pytest
from killing import durations, run_until_none_is_killed, strokes_of
from small_runs import COMPUTED, assert_same, left_behind, run

KILLS = int(os.environ.get("KILLS", "1"))


@pytest.mark.parametrize("repeat", range(KILLS))
def test_a_run_of_which_each_job_is_told_to_end_is_as_an_undisturbed_one(
    finished, tmp_path, repeat
):
    strokes = strokes_of(finished, random.Random(repeat), [signal.SIGTERM])
    killer = run_until_none_is_killed(run, tmp_path, strokes, *COMPUTED)
    unmet = {log.stem for log in durations(tmp_path)} - {log.stem for log in killer.met}
    assert not unmet, f"never met: {unmet}"
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)

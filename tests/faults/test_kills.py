"""Each job is killed once, at a moment of its work; then the run is started again, and again.

``KILLS=5`` repeats it at five moments; without it there is one.
"""

import os
import random
import signal

import pytest
from killing import assert_most_killed, durations, run_until_none_is_killed, strokes_of
from small_runs import assert_same, left_behind, run

KILLS = int(os.environ.get("KILLS", "1"))
QUICK = {"list_layers"}  # may end before it is met


@pytest.mark.parametrize("repeat", range(KILLS))
def test_a_run_of_which_each_job_is_killed_ends_as_an_undisturbed_one(finished, tmp_path, repeat):
    strokes = strokes_of(finished, random.Random(repeat), [signal.SIGKILL])
    killer = run_until_none_is_killed(run, tmp_path, strokes)
    unmet = {log.stem for log in durations(tmp_path)} - {log.stem for log in killer.met}
    assert unmet <= QUICK, f"never met: {unmet}"
    assert_most_killed(killer, finished)
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)

"""The strip of tiles over a training: few, evenly spread, and the same after a pause."""

import numpy as np

from rockrec.gans.strip import MOST, SHOWN, Strip


def tiles_at(step):
    return np.full((9, 4, 4), step / 1000 - 1, np.float32)


def test_a_long_training_keeps_few_checks_evenly_spread_from_the_first(tmp_path):
    strip = Strip()
    for step in range(10, 2010, 10):
        strip.add(step, tiles_at(step))
    assert MOST / 2 < len(strip.steps) <= MOST
    assert strip.steps[0] == 10
    assert len(set(np.diff(strip.steps))) == 1
    strip.write(tmp_path / "strip.npz")
    with np.load(tmp_path / "strip.npz") as file:
        assert file["tiles"].shape == (len(strip.steps), SHOWN, 4, 4)
        expected = np.rint(np.array(strip.steps) / 1000 * 127.5)
        assert np.array_equal(file["tiles"][:, 0, 0, 0], expected)


def test_a_pause_does_not_show():
    whole, paused = Strip(), Strip()
    for step in range(100):
        whole.add(step, tiles_at(step))
        paused = Strip(paused.state())
        paused.add(step, tiles_at(step))
    assert whole.steps == paused.steps

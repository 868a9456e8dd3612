"""The monitor: its floor, what it tells apart, and the guards of its score."""

import numpy as np
import pytest
import torch
from tiny_training import VALIDATION, rock, tiny
from torch import nn

from rockrec.descriptors import describe
from rockrec.gans.monitor import Monitor
from rockrec.gans.sampling import threshold


class Replay(nn.Module):
    """Draws given tiles, whatever the latent vectors."""

    def __init__(self, tiles):
        super().__init__()
        self.tiles = nn.Parameter(torch.from_numpy(tiles[:, None] * 2.0 - 1))
        self.drawn = 0

    def forward(self, latent):
        chosen = torch.arange(self.drawn, self.drawn + len(latent)) % len(self.tiles)
        self.drawn += len(latent)
        return self.tiles[chosen]


MANY = tiny(check_tiles=256)


def monitor_of(tiles, fraction=None):
    return Monitor(tiles, tiles.mean() if fraction is None else fraction, MANY, seed=0)


def test_the_monitor_finds_no_error_in_the_validation_tiles_themselves():
    tiles = rock(256, 6)
    check, gray = monitor_of(tiles).check(Replay(tiles))
    assert check.s2_error == 0.0 and check.score == 1.0 and check.guard == 0.0
    assert check.phase_fraction == tiles.mean()
    assert (threshold(gray.numpy(), "phase_fraction", tiles.mean()) == tiles).all()


def test_the_floor_is_that_of_the_definition():
    s2 = describe(VALIDATION, ("S2",))["S2"]
    expected = np.mean(s2.var(axis=0, ddof=1)) * (1 / len(VALIDATION) + 1 / 256)
    assert monitor_of(VALIDATION).floor == pytest.approx(expected)


def test_other_tiles_of_the_same_rock_stand_at_the_floor():
    real, others = rock(256, 6), rock(256 * 6, 7).reshape(6, 256, 16, 16)
    checks = [monitor_of(real).check(Replay(tiles))[0] for tiles in others]
    floors = np.mean([check.s2_error for check in checks]) / monitor_of(real).floor
    assert 0.2 < floors < 4
    assert np.median([check.score for check in checks]) < 3


def test_the_score_tells_another_rock_from_this_one():
    coarse = np.repeat(np.repeat(rock(256, 8), 2, axis=1), 2, axis=2)[:, :16, :16]
    assert monitor_of(rock(256, 6)).check(Replay(coarse))[0].score > 30


def test_the_guards_see_a_generator_that_repeats_itself():
    """Eight tiles over and over, near the mean curve: the mean fits, the spread does not."""
    real = rock(512, 6)
    s2 = describe(real, ("S2",))["S2"]
    near = real[np.argsort(np.mean((s2 - s2.mean(axis=0)) ** 2, axis=1))[:8]]
    monitor = monitor_of(real)
    repeated = monitor.check(Replay(np.tile(near, (32, 1, 1))))[0]
    assert repeated.guard > 9 and repeated.score > 3
    assert monitor.check(Replay(rock(256, 7)))[0].guard < 9


def test_a_collapse_to_one_phase_is_the_worst_of_scores():
    empty = np.zeros((256, 16, 16), np.uint8)
    monitor = Monitor(rock(64, 6), 0.2, tiny(check_tiles=256, threshold="zero"), seed=0)
    assert monitor.check(Replay(empty))[0].score == np.inf

"""Guided training: the error of the running mean of descriptors, and where its slope points."""

import numpy as np
import pytest
import torch

from rockrec.descriptors import describe
from rockrec.gans.guide import MEMORY, Guide
from rockrec.gans.processes import Processes
from rockrec.gans.settings import gan_settings

TILES = (np.random.default_rng(0).random((300, 16, 16)) < 0.3).astype(np.uint8)
FUNCTIONS = ("S2", "P4")


def images_of(tiles):
    return torch.from_numpy(tiles).float().unsqueeze(1) * 2 - 1


def test_the_error_is_that_of_the_running_mean_in_variances_between_tiles():
    guide = Guide(TILES, FUNCTIONS, Processes())
    dense = (np.random.default_rng(1).random((20, 16, 16)) < 0.6).astype(np.uint8)
    found = [float(guide(images_of(dense))) for _ in range(3)]
    real, made = describe(TILES, FUNCTIONS), describe(dense, FUNCTIONS)
    for step, error in enumerate(found, start=1):
        share = 1 - MEMORY**step
        terms = []
        for name in FUNCTIONS:
            off = share * (made[name].mean(axis=0) - real[name].mean(axis=0))
            terms.append(np.mean(off**2) / real[name].var(axis=0).mean())
        assert error == pytest.approx(np.mean(terms), rel=1e-3)


def test_real_tiles_have_no_error_and_too_dense_ones_are_pulled_down():
    guide = Guide(TILES, FUNCTIONS, Processes())
    assert float(guide(images_of(TILES))) == pytest.approx(0, abs=1e-9)
    dense = images_of((np.random.default_rng(1).random((20, 16, 16)) < 0.6).astype(np.uint8)) * 0.9
    dense.requires_grad_(True)
    guide(dense).backward()
    assert (dense.grad >= 0).float().mean() > 0.99


def test_single_batches_may_differ_as_long_as_their_mean_is_right():
    """Batches of fewer and of more phase in turn: the running mean stays near the real one."""
    guide = Guide(TILES, ("S2",), Processes())
    rng = np.random.default_rng(2)
    order = np.argsort(TILES.mean(axis=(1, 2)))
    halves = order[:150], order[150:]
    swinging = [float(guide(images_of(TILES[rng.choice(halves[i % 2], 32)]))) for i in range(60)]
    sparse = Guide(TILES, ("S2",), Processes())
    one_sided = [float(sparse(images_of(TILES[rng.choice(halves[0], 32)]))) for _ in range(60)]
    assert np.mean(swinging[20:]) < 0.05 * np.mean(one_sided[20:])


def test_what_cannot_guide_is_refused():
    for guide in (["C2"], ["S2", "S2"], "S2"):
        with pytest.raises(ValueError, match="guide must be"):
            gan_settings({"kind": "wgan_gp", "guide": guide})

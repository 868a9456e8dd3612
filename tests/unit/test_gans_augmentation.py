"""Motions of training tiles: the groups they make, and the fabrics that forbid them."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, shift

from rockrec.fabric import FabricError, check_fabric
from rockrec.gans.augmentation import moved
from rockrec.plain.motions import motions


def fields(sigma, seed=0, n=150):
    noise = np.random.default_rng(seed).standard_normal((n, 40, 40))
    return noise if sigma is None else gaussian_filter(noise, (0, *sigma))


def tiles_of(field):
    return (field[:, 4:36, 4:36] > 0.4 * field.std()).astype(np.uint8)


def oblique(seed=0):
    field = fields((1.0, 1.0), seed)
    return tiles_of(sum(shift(field, (0, k, k), order=0, mode="wrap") for k in range(-3, 4)))


def apexes_up(seed=0):
    """Scattered triangles that all point the same way."""
    rng, tiles = np.random.default_rng(seed), np.zeros((150, 32, 32), np.uint8)
    triangle = np.tri(7, 7, dtype=np.uint8)
    for tile in tiles:
        for row, column in rng.integers(0, 25, (6, 2)):
            tile[row : row + 7, column : column + 7] |= triangle
    return tiles


def test_an_isotropic_rock_allows_everything():
    for seed in range(20):
        check_fabric(["half_turn", "flips", "quarter_turns"], tiles_of(fields((1.5, 1.5), seed)))


@pytest.mark.parametrize(
    ("tiles", "allowed", "forbidden", "named"),
    [
        (tiles_of(fields((1.0, 3.0))), ["half_turn", "flips"], ["quarter_turns"], "S2H and S2V"),
        (oblique(), ["half_turn"], ["flips", "quarter_turns"], r"S2D\+ and S2D-"),
        (apexes_up(), [], ["half_turn", "flips"], "tiles turned by 180"),
    ],
)
def test_a_fabric_forbids_what_would_mix_its_directions(tiles, allowed, forbidden, named):
    for motion in allowed:
        check_fabric([motion], tiles)
    for motion in forbidden:
        with pytest.raises(FabricError, match=named):
            check_fabric([motion], tiles)


@pytest.mark.parametrize(
    ("augmentation", "size"),
    [
        ([], 1),
        (["half_turn"], 2),
        (["flips"], 4),
        (["quarter_turns"], 4),
        (["flips", "quarter_turns"], 8),
    ],
)
def test_motions_are_closed_groups_and_all_are_drawn(augmentation, size):
    allowed = motions(augmentation)
    assert len(allowed) == size
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    every = moved(image.repeat(size, 1, 1, 1), torch.arange(size), allowed)
    found = {tuple(one.flatten().tolist()) for one in every}
    assert len(found) == size
    twice = moved(every.repeat(size, 1, 1, 1), torch.arange(size).repeat_interleave(size), allowed)
    assert {tuple(one.flatten().tolist()) for one in twice} == found

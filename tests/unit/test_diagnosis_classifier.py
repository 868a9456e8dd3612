"""Classifier two-sample test: chance between real tiles, not for what differs."""

import numpy as np
import pytest
import torch

from rockrec.diagnosis.classifier import classifier_accuracy, wilson
from rockrec.images import in_pieces
from rockrec.synthetic import make_rock


@pytest.fixture(scope="module")
def tiles():
    pieces = in_pieces(make_rock("fractures", 512, 1024, 1).truth[None], 32)
    return np.random.default_rng(0).permutation(pieces)


def test_real_against_real_is_chance(tiles, any_seed):
    """Of four trainings with seeds of their own, within four standard deviations of a coin's."""
    seeds = range(4 * any_seed, 4 * any_seed + 4)
    found = [classifier_accuracy(tiles[:64], tiles[64:128], seed=seed) for seed in seeds]
    assert {one.n for one in found} == {64}
    assert np.mean([one.accuracy for one in found]) == pytest.approx(0.5, abs=0.125)
    assert np.median([one.low for one in found]) <= 0.5 <= np.median([one.high for one in found])


def test_noise_on_every_tile_is_told(tiles, any_seed):
    noise = np.random.default_rng(0).random((64, 32, 32)) < 0.08
    found = classifier_accuracy(tiles[:64], tiles[64:128] ^ noise.astype(np.uint8), seed=any_seed)
    assert found.low > 0.9


def test_same_seed_same_accuracy_and_no_other_draws(tiles):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first, second = (classifier_accuracy(tiles[:30], tiles[64:128], seed=2) for _ in range(2))
    assert first == second
    assert torch.rand(1) == expected


def test_few_or_unlike_tiles_are_refused(tiles):
    with pytest.raises(ValueError, match="at least 30"):
        classifier_accuracy(tiles[:29], tiles[64:128], seed=0)
    with pytest.raises(ValueError, match="one size"):
        classifier_accuracy(tiles[:64], tiles[64:, :16, :16], seed=0)


@pytest.mark.parametrize(
    "successes, n, low, high",
    [(0, 10, 0.0, 0.2775), (50, 100, 0.4038, 0.5962), (10, 10, 0.7225, 1)],
)
def test_interval_of_wilson(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=1e-4)

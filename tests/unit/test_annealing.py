"""Annealing: counts stay exact, targets are met, the same seed gives the same bytes."""

import logging

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.annealing import TARGETS, anneal, anneal_each, collected
from rockrec.annealing.energy import energy_of
from rockrec.descriptors import describe


def rock(shape=(32, 32), phase_fraction=0.35, seed=0):
    """A thresholded, smoothed noise with exactly round(phase_fraction * H * W) pixels of 1."""
    field = gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 2)
    image = np.zeros(shape, np.uint8)
    image.flat[np.argsort(field.ravel())[: round(phase_fraction * image.size)]] = 1
    return image


def curves(image, names=("S2",), boundary="unbiased", n_lags=None):
    described = describe(image, names, boundary, n_lags)
    return {name: described[name][0] for name in names}


def energy_in_words(image, targets, boundary="unbiased", weights=None):
    """Eq. 3 from the descriptors of the image."""
    total = 0.0
    for name, target in targets.items():
        curve = describe(image, [name], boundary, len(target))[name][0]
        total += (weights or {}).get(name, 1.0) * np.nansum((curve - target)[1:] ** 2)
    return total


ANISOTROPIC = ("S2H", "S2V", "P3H", "P3V", "P4")
SETS = [("S2",), ("L",), ("P6",), ("S2D+", "S2D-"), ANISOTROPIC, TARGETS]


@pytest.mark.parametrize("interface_moves", [True, False])
@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
@pytest.mark.parametrize("shape", [(24, 24), (22, 30)])
@pytest.mark.parametrize("names", SETS, ids="-".join)
def test_counts_after_a_run_equal_a_full_recount(names, shape, boundary, interface_moves):
    targets = curves(rock(shape), names, boundary)
    energy = energy_of({name: np.ones(11, bool) for name in names}, shape, boundary, {})
    # From hot to cold, so that most moves are accepted at first and the best comes late.
    for phase_fraction in (0.05, 0.5, 0.95):
        for one in anneal_each(
            {name: curve[:11] for name, curve in targets.items()},
            shape,
            phase_fraction,
            n=2,
            seed=3,
            boundary=boundary,
            initial_temperature=1e-2,
            cooling=0.5,
            stages=20,
            moves_per_stage=100,
            interface_moves=interface_moves,
        ):
            np.testing.assert_array_equal(one.counts, energy.counts(one.image)[:, :11])
            assert one.image.sum() == round(phase_fraction * one.image.size)

"""Checks on a GPU say what those on a CPU say: each form for any device, by the counted one."""

import numpy as np
import pytest
import torch

from rockrec.descriptors import FUNCTIONS, describe
from rockrec.gans.described import binary_there, curves_there, shapes_there
from rockrec.gans.sampling import threshold
from rockrec.minkowski import euler_number, perimeter


def tiles(n=70, size=16):
    return np.random.default_rng(3).integers(0, 2, (n, size, size), dtype=np.uint8)


def test_curves_and_shapes_are_those_that_are_counted_on_a_cpu():
    stack = tiles()
    there = torch.from_numpy(stack)
    found, expected = curves_there(there, FUNCTIONS), describe(stack, FUNCTIONS)
    assert found.keys() == set(FUNCTIONS)
    for name in FUNCTIONS:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-14, atol=0)
    shapes = shapes_there(there)
    assert np.array_equal(shapes["euler_number"], euler_number(stack))
    np.testing.assert_allclose(shapes["perimeter"], perimeter(stack), rtol=1e-14)


@pytest.mark.parametrize("how", ["zero", "phase_fraction"])
@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.501, 1.0])
def test_binary_tiles_are_those_of_the_threshold(how, fraction):
    random = np.random.default_rng(4)
    for gray in (random.normal(size=(5, 8, 8)), random.integers(-2, 3, (5, 8, 8))):
        gray = gray.astype(np.float32)
        found = binary_there(torch.from_numpy(gray), how, fraction)
        assert found.dtype == torch.uint8
        assert np.array_equal(found.numpy(), threshold(gray, how, fraction))

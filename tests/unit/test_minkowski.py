"""Euler number and specific perimeter: known shapes, and scikit-image on random tiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import measure

from rockrec.minkowski import euler_number, perimeter


def disc(size, radius):
    rows, columns = np.mgrid[:size, :size] - size // 2
    return (rows**2 + columns**2 <= radius**2).astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 20), st.floats(0, 1))
def test_as_scikit_image_counts(seed, height, width, fraction):
    """Its perimeter counts the frame, once in the phase and once in the complement."""
    stack = np.random.default_rng(seed).random((3, height, width)) < fraction
    euler = [measure.euler_number(tile, connectivity=2) for tile in stack]
    assert euler_number(stack).tolist() == euler
    frame = measure.perimeter_crofton(np.ones((height, width), bool), 4)
    lengths = [
        (measure.perimeter_crofton(tile, 4) + measure.perimeter_crofton(~tile, 4) - frame) / 2
        for tile in stack
    ]
    assert perimeter(stack) * height * width == pytest.approx(lengths, abs=1e-9)


def test_euler_number_counts_pores_minus_holes():
    ring = disc(41, 15) - disc(41, 8)
    two = np.zeros_like(ring)
    two[3:6, 3:6] = two[20:30, 20:30] = 1
    diagonal = np.zeros_like(ring)
    diagonal[3, 3] = diagonal[4, 4] = 1
    stack = np.stack([ring, two, diagonal, np.zeros_like(ring), np.ones_like(ring)])
    assert euler_number(stack).tolist() == [0, 2, 1, 0, 1]


def test_perimeter_of_a_disc():
    radius, size = 30, 101
    found = perimeter(disc(size, radius)[None])[0] * size**2
    assert found == pytest.approx(2 * np.pi * radius, rel=0.02)


def test_the_frame_is_no_perimeter():
    stack = np.stack([np.ones((20, 20)), np.zeros((20, 20))])
    assert perimeter(stack) == pytest.approx([0, 0], abs=1e-12)


def test_perimeter_of_a_disc_cut_by_the_frame():
    """A quarter of a disc in the corner has a quarter of its circumference."""
    size, radius = 80, 60
    rows, columns = np.mgrid[:size, :size] + 0.5
    quarter = rows**2 + columns**2 <= radius**2
    assert perimeter(quarter[None])[0] * size**2 == pytest.approx(np.pi * radius / 2, rel=0.02)


def test_phase_and_complement_share_their_boundary():
    tiles = np.random.default_rng(2).random((4, 30, 50)) < 0.4
    assert perimeter(tiles) == pytest.approx(perimeter(~tiles))


@pytest.mark.parametrize("function", [euler_number, perimeter])
def test_bad_stacks_are_refused(function):
    with pytest.raises(ValueError, match=r"stack of tiles .*\(8, 8\)"):
        function(np.zeros((8, 8)))
    for wrong in (255, 0.5, -1, float("nan")):
        with pytest.raises(ValueError, match="0 and 1, got values"):
            function(np.full((1, 8, 8), wrong))


def test_no_tiles_have_no_numbers():
    none = np.zeros((0, 8, 8), np.uint8)
    assert len(euler_number(none)) == len(perimeter(none)) == 0

"""The comparison on a real rock, against what is known of it."""

import os
from pathlib import Path

import numpy as np
import pytest
import tifffile

from rockrec.comparison import contributions, floor, mean_curve, mse, per_image, pooled
from rockrec.descriptors import describe


@pytest.fixture(scope="module")
def berea_s2():
    """S2 of nine 128 x 128 tiles of every tenth slice of Berea sandstone."""
    folder = os.environ.get("ROCKREC_TEST_DATA")
    if not folder:
        pytest.skip("ROCKREC_TEST_DATA is not set")
    slices = tifffile.imread(Path(folder) / "berea" / "pores_400x400x400.tif")[::10, :384, :384]
    tiles = slices.reshape(-1, 3, 128, 3, 128).swapaxes(2, 3).reshape(-1, 128, 128)
    return describe(tiles > 0, ["S2"])["S2"]


def test_forms_of_f2_differ_by_more_than_the_floor(berea_s2):
    difference = mse(pooled(berea_s2, 2), mean_curve(per_image(berea_s2, 2)))
    assert difference == pytest.approx(1.3e-4, abs=5e-6)
    assert difference > 2 * floor(contributions(berea_s2, 2), 128, 128)


def test_per_image_tail_is_low_by_the_variance_of_the_phase_fraction(berea_s2):
    phi = berea_s2[:, 0]
    bias = phi.var() / (phi.mean() * (1 - phi.mean()))
    tail = (pooled(berea_s2, 2) - mean_curve(per_image(berea_s2, 2)))[30:]
    np.testing.assert_allclose(tail, bias, rtol=0.25)

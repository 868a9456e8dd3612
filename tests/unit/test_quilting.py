"""Quilting: patches that fit, cuts of least error, and the rock's own phase fraction."""

from itertools import product

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rockrec.descriptors.packing import pack
from rockrec.housekeeping.integrity import DamagedFile
from rockrec.plain.records.kinds.quilting import QuiltingSettings
from rockrec.quilting import Patches, Quilter, kernels, mosaics, patches_for, reconstruct
from rockrec.quilting.balance import densities, tell_balance
from rockrec.quilting.finished import BATCH, in_batches


def grains(n, side, fraction, seed=0):
    """Thresholded Gaussian fields (n, side, side) with grains of about five pixels."""
    noise = np.random.default_rng(seed).standard_normal((n, side, side))
    smooth = np.stack([gaussian_filter(one, 2) for one in noise])
    return (smooth > np.quantile(smooth, 1 - fraction)).astype(np.uint8)


TILES = grains(40, 32, 0.2)
PATCHES = Patches(12, 3)


@pytest.fixture(scope="module")
def quick():
    """Few places tried, and small trials: the same code in a hundredth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reconstruct, "TRIED", 500)
        patch.setattr(reconstruct, "TRIAL_AREA", 20_000)
        yield


def images_of(quilter, shape, indices):
    return np.stack([one.image for one in quilter.quilt(shape, indices)])


def test_same_bytes_for_any_threads_and_each_by_its_index(quick):
    one = Quilter(TILES, PATCHES, seed=3)
    two = Quilter(TILES, PATCHES, seed=3, threads=2)
    assert np.array_equal(one.lean, two.lean)
    images = images_of(one, (40, 50), range(6))
    assert images.dtype == np.uint8 and images.max() == 1
    assert np.array_equal(images, images_of(two, (40, 50), range(6)))
    assert np.array_equal(images[[4, 1]], images_of(two, (40, 50), [4, 1]))
    assert not np.array_equal(images[0], images[1])
    other = images_of(Quilter(TILES, PATCHES, seed=4), (40, 50), range(1))
    assert not np.array_equal(images[0], other[0])


def test_the_cut_is_the_way_of_least_error():
    error = np.random.default_rng(0).random((6, 4))
    ways = [
        way
        for way in product(range(4), repeat=6)
        if all(abs(a - b) <= 1 for a, b in zip(way, way[1:], strict=False))
    ]
    least = min(ways, key=lambda way: sum(error[row, way[row]] for row in range(6)))
    assert tuple(kernels._cut(error)) == least


def test_what_a_patch_adds_is_counted_outside_the_strip():
    tile = TILES[:1]
    side, (y, x) = 12, (5, 9)
    mask = np.full(side, 0b111, np.uint64)  # its first three columns
    patch = tile[0, y : y + side, x : x + side].astype(int)
    pixels, pairs = kernels._added(pack(tile), np.array([0, y, x]), mask)
    assert pixels == patch[:, 3:].sum()
    right = np.sum(patch[:, 3:-1] != patch[:, 4:])
    down = np.sum(patch[1:, 3:] != patch[:-1, 3:])
    assert pairs == right + down


def test_a_patch_of_the_tile_itself_continues_it(quick):
    """Of a stripe pattern that fits in one way only, all that is laid is that pattern."""
    stripes = np.tile(np.arange(32) // 4 % 2, (8, 32, 1)).astype(np.uint8)
    image = images_of(Quilter(stripes, Patches(16, 8), seed=1), (60, 60), range(1))[0]
    assert (image == image[0]).all()
    lengths = np.diff(np.flatnonzero(np.diff(image[0])))
    assert set(lengths) == {4}


@pytest.mark.parametrize("fraction", [0.06, 0.35])
def test_phase_fraction_and_interfaces_are_the_rocks(fraction):
    tiles = grains(150, 48, fraction)
    quilter = Quilter(tiles, Patches(16, 4), seed=1)
    images = images_of(quilter, (64, 64), range(200))
    assert densities(images) == pytest.approx(densities(tiles), rel=0.06)


def test_without_a_lean_what_is_sparse_is_lost():
    """Else the search for the lean, which takes seconds, would be for nothing."""
    tiles = grains(150, 48, 0.06)
    quilter = Quilter(tiles, Patches(16, 4), seed=1)
    plain = [quilter._laid((64, 64), np.zeros(2), "quilt", index) for index in range(200)]
    assert np.all(densities(np.stack(plain)) < 0.95 * densities(tiles))


def test_a_balance_that_was_not_found_is_warned_of(caplog):
    wanted = np.array([0.2, 0.1])
    near = wanted + np.random.default_rng(0).normal(0, 0.01, (50, 2))
    with caplog.at_level("WARNING"):
        tell_balance(near, wanted)
        assert not caplog.records
        tell_balance(near * [0.8, 1], wanted)
    assert [one.getMessage()[:14] for one in caplog.records] == ["phase fraction"]


def test_motions_are_used_where_they_are_allowed(quick):
    """Steps that only rise, turned over, may fall as well."""
    falling = np.tile(np.tri(32, dtype=np.uint8), (6, 1, 1))
    rising = falling[:, :, ::-1]
    still = Quilter(falling, Patches(8, 2), seed=1)
    flipped = Quilter(falling, Patches(8, 2), seed=1, augmentation=["flips"])
    assert len(flipped.planes) == 4 * len(still.planes)
    places = {bytes(plane) for plane in flipped.planes}
    assert {bytes(plane) for plane in pack(np.ascontiguousarray(rising))} <= places


def test_patches_follow_the_rock():
    coarse = np.kron(TILES, np.ones((4, 4), np.uint8))
    assert patches_for(grains(20, 128, 0.2)).side == 24
    assert 24 < patches_for(coarse).side <= 64
    assert patches_for(TILES).side == 16  # half a tile
    assert patches_for(coarse, 48) == Patches(48, 8)
    assert patches_for(coarse, 48, 12) == Patches(48, 12)


@pytest.mark.parametrize(
    ("side", "overlap", "said"),
    [(3, None, "patch 3 px"), (33, None, "patch 33 px"), (12, 7, "overlap 7 px")],
)
def test_patches_that_cannot_be_laid_are_refused(side, overlap, said):
    with pytest.raises(ValueError, match=said):
        patches_for(TILES, side, overlap)


def test_what_cannot_be_quilted_is_refused(quick):
    with pytest.raises(ValueError, match="one phase only"):
        Quilter(np.ones((3, 32, 32), np.uint8), PATCHES, seed=1)
    with pytest.raises(ValueError, match="smaller than a patch of 12 px"):
        next(Quilter(TILES, PATCHES, seed=1).quilt((40, 11), [0]))
    with pytest.raises(ValueError, match="overlap 9 must be at most half of patch, 8"):
        QuiltingSettings(patch=16, overlap=9)


def test_a_stopped_quilting_goes_on_with_what_is_missing(quick, tmp_path):
    quilter, made = Quilter(TILES, PATCHES, seed=3), []

    def make(indices):
        made.extend(indices)
        return quilter.quilt((32, 32), indices)

    n = BATCH + 5
    stopped = in_batches(tmp_path, n, make)
    for _ in range(BATCH):
        next(stopped)
    stopped.close()
    assert made == list(range(BATCH))
    found = list(in_batches(tmp_path, n, make))
    assert made == list(range(n))
    assert [one.index for one in found] == list(range(n))
    assert np.array_equal(
        np.stack([one.image for one in found]), images_of(quilter, (32, 32), range(n))
    )


# --- mosaics ----------------------------------------------------------------------------------


@pytest.fixture
def quilter(quick):
    return Quilter(TILES, PATCHES, seed=6)


@pytest.fixture
def low_bands(monkeypatch):
    monkeypatch.setattr(mosaics, "BAND", 40)


def bands_of(quilter, shape, folder):
    return list(mosaics.laid_bands(quilter, shape, folder))


def test_a_mosaic_is_laid_as_an_image_is(quilter, low_bands, tmp_path):
    """Band by band, it has the bytes of one image that is laid at once."""
    image, state = np.zeros((120, 75), np.uint8), quilter.start(75).state
    common = PATCHES.side, PATCHES.overlap, reconstruct.BEST, reconstruct.TRIED
    kernels.lay_patches(image, quilter.planes, quilter.tile, *common, quilter.lean, state)
    bands = bands_of(quilter, (120, 75), tmp_path)
    assert len(bands) > 2
    # The last row of patches hangs over the end of a mosaic; an image has it cut.
    np.testing.assert_array_equal(np.concatenate(bands)[:100], image[:100])


def test_a_stopped_mosaic_goes_on_and_a_higher_one_begins_with_it(
    quilter, low_bands, tmp_path, monkeypatch
):
    whole = np.concatenate(bands_of(quilter, (130, 60), tmp_path / "whole"))
    assert whole.shape == (130, 60) and whole.dtype == np.uint8
    begun = mosaics.laid_bands(quilter, (130, 60), tmp_path / "stopped")
    next(begun), begun.close()
    kept = list((tmp_path / "stopped").iterdir())
    assert len(kept) == 1
    np.testing.assert_array_equal(
        np.concatenate(bands_of(quilter, (130, 60), kept[0].parent)), whole
    )
    monkeypatch.setattr(quilter, "advance", None)  # all is on the disk
    np.testing.assert_array_equal(
        np.concatenate(bands_of(quilter, (90, 60), tmp_path / "stopped")), whole[:90]
    )


def test_a_damaged_band_is_refused(quilter, low_bands, tmp_path):
    bands_of(quilter, (60, 60), tmp_path)
    path = tmp_path / "band0.npz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DamagedFile):
        bands_of(quilter, (60, 60), tmp_path)


@pytest.mark.parametrize("shape", [(11, 50), (50, 11)])
def test_a_mosaic_smaller_than_a_patch_is_refused(quilter, tmp_path, shape):
    with pytest.raises(ValueError, match="11 px are less than a patch of 12 px"):
        bands_of(quilter, shape, tmp_path)


def test_a_mosaic_has_the_rocks_phase_fraction(quilter, tmp_path):
    mosaic = np.concatenate(bands_of(quilter, (400, 300), tmp_path))
    assert mosaic.mean() == pytest.approx(TILES.mean(), rel=0.15)

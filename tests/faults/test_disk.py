"""A full disk, and one that takes nothing: each stage says so and names the file."""

import pytest
from disks import fails_on_full_disk, mounted, on_small_disk
from small_runs import COMPUTED, assert_same, copy_of, left_behind, run

STAGES = (
    "results/rock/mosaic/raw.tif",
    "results/rock/mosaic/denoised.tif",
    "results/rock/unet/model.pt",
    "results/rock/mosaic/segmented.tif",
    "results/rock/e/tiles.tif",
    "results/rock/e/sa/1/realisations.tif",
    "results/rock/e/gan/1/model.pt",
    "results/rock/e/heldout/descriptors.npz",
    "results/rock/e/errors.csv",
)


@pytest.fixture
def small_disk(finished, tmp_path):
    folder = copy_of(finished, tmp_path)
    with on_small_disk(folder):
        yield folder


def test_a_full_disk_is_an_error_that_names_the_file(finished, small_disk):
    for target in STAGES:
        fails_on_full_disk(run, small_disk, target)
    status, said = run(small_disk, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(small_disk, finished)
    assert not left_behind(small_disk)


def test_a_disk_that_cannot_be_written_is_an_error_that_names_the_file(finished, small_disk):
    target = "results/rock/e/tiles.tif"
    assert mounted("-o", "remount,ro", small_disk / "results")
    status, said = run(small_disk, "--force", target)
    assert mounted("-o", "remount,rw", small_disk / "results")
    assert status != 0
    assert "Write-protected output files" in said and target in said, said[-3000:]
    status, said = run(small_disk, *COMPUTED)
    assert status == 0, said[-3000:]
    assert_same(small_disk, finished)

"""Stages on a user's own files: killed, out of disk, and given files that are damaged or wrong."""

import random
import signal

import h5py
import numpy as np
import own_files
import pytest
import tifffile
from disks import fails_on_full_disk, on_small_disk
from killing import assert_most_killed, run_until_none_is_killed, strokes_of
from own_files import COMPUTED, assert_same, run
from small_runs import copy_of, left_behind


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    own_files.write_files(folder)
    status, said = run(folder, *COMPUTED)
    assert status == 0, said[-3000:]
    return folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_run_of_which_each_job_is_killed_ends_as_an_undisturbed_one(finished, tmp_path, number):
    own_files.write_files(tmp_path)
    strokes = strokes_of(finished, random.Random(int(number)), [number])
    killer = run_until_none_is_killed(run, tmp_path, strokes, *COMPUTED)
    assert_most_killed(killer, finished)
    assert_same(tmp_path, finished)
    assert not left_behind(tmp_path)


def test_a_full_disk_is_an_error_that_names_the_file(finished, tmp_path):
    folder = copy_of(finished, tmp_path)
    with on_small_disk(folder):
        for target in (
            "results/tiles/mosaic/denoised.tif",
            "results/started/mosaic/denoised.tif",
            "results/tiles/unet/model.pt",
            "results/given/mosaic/segmented.tif",
            "results/segmented/e/tiles.tif",
        ):
            fails_on_full_disk(run, folder, target)
        status, said = run(folder, *COMPUTED)
        assert status == 0, said[-3000:]
        assert_same(folder, finished)
        assert not left_behind(folder)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-2000])


def corrupt(path):
    """Overwrite a block, or strip, in the middle of the image."""
    with tifffile.TiffFile(path) as tiff:
        offsets, lengths = tiff.pages[0].dataoffsets, tiff.pages[0].databytecounts
    middle = len(offsets) // 2
    data = bytearray(path.read_bytes())
    data[offsets[middle] : offsets[middle] + lengths[middle]] = bytes(lengths[middle])
    path.write_bytes(data)


def rescaled(path):
    metadata = {"axes": "YX", "PhysicalSizeX": 0.07, "PhysicalSizeY": 0.07}
    tifffile.imwrite(path, tifffile.imread(path), ome=True, metadata=metadata)


def with_a_nan(path):
    image = tifffile.imread(path)
    image[123, 45] = np.nan
    tifffile.imwrite(path, image)


def of_another_class(path):
    with h5py.File(path, "r+") as file:
        row, column, _ = np.argwhere(file["exported_data"][()] == 1)[0]
        file["exported_data"][row, column, 0] = 9


def smaller(path):
    tifffile.imwrite(path, tifffile.imread(path)[:, :-1])


@pytest.mark.parametrize(
    ("file", "damage", "target", "expected"),
    [
        ("r2_c01.tif", truncated, "tiles/mosaic/denoised.tif", "r2_c01.tif: "),
        ("r2_c02.tif", corrupt, "tiles/mosaic/denoised.tif", "r2_c02.tif: block at row 128"),
        ("r1_c03.tif", smaller, "tiles/mosaic/denoised.tif", "r1_c03.tif: 200 x 223 px"),
        ("next.tif", truncated, "given/mosaic/denoised.tif", "next.tif: truncated"),
        ("next.tif", corrupt, "given/mosaic/denoised.tif", "next.tif: block at row 160"),
        ("next.tif", rescaled, "given/mosaic/denoised.tif", "next.tif: its pixels have"),
        ("left.h5", truncated, "tiles/unet/model.pt", "left.h5: not a readable HDF5 file"),
        ("left.h5", of_another_class, "tiles/unet/model.pt", "left.h5: the label at row "),
        ("right.tif", truncated, "tiles/unet/model.pt", "right.tif: truncated"),
        ("segmented.tif", with_a_nan, "segmented/e/tiles.tif", "the pixel at row 123, column 45"),
        ("segmented.tif", corrupt, "segmented/res/errors.csv", "segmented.tif: block at row"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_and_nothing_is_made_of_it(
    finished, tmp_path, file, damage, target, expected
):
    folder = copy_of(finished, tmp_path)
    damage(folder / file)
    results = folder / "results"
    (results / target).unlink()
    status, said = run(folder, "--force", f"results/{target}")
    assert status != 0
    assert expected in said and file in said, said[-3000:]
    assert not (results / target).exists()
    assert not list(results.rglob("*.partial"))

"""Mosaics are read and written block by block, and come back as they were."""

import os
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tifffile
from opened import inspect, read

from rockrec.images import ImageError
from rockrec.mosaics import (
    Contrast,
    Histogram,
    Mosaic,
    open_mosaic,
    read_contrast,
    row_bands,
    write_contrast,
    write_mosaic,
)
from rockrec.plain.grid import Grid


@pytest.fixture
def mosaic():
    return np.random.default_rng(1).integers(0, 256, (1030, 1500), dtype=np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_mosaic_comes_back_as_written(tmp_path, mosaic, dtype):
    path = tmp_path / "a" / "mosaic.tif"
    write_mosaic(path, mosaic.astype(dtype), 50.0)
    back = read(path)
    assert back.dtype == dtype
    assert np.array_equal(back, mosaic)
    with open_mosaic(path) as opened:
        assert (opened.shape, opened.dtype) == ((1030, 1500), dtype)
        assert opened.pixel_size_nm == pytest.approx(50.0)


WRITTEN = {
    "ours": None,
    "plain": {},
    "strips": {"rowsperstrip": 7, "compression": "lzw"},
    "one strip": {"rowsperstrip": 5000, "compression": "zlib"},
    "big-endian": {"byteorder": ">", "bigtiff": True},
    "tiles": {"tile": (48, 160)},
    "ome": {"ome": True, "tile": (64, 64), "compression": "zstd"},
}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", WRITTEN)
def test_any_region_of_any_layout_is_that_of_the_whole(tmp_path, mosaic, kind, dtype):
    image = mosaic[:300, :410].astype(dtype) * (1 if dtype == np.uint8 else 200)
    if WRITTEN[kind] is None:
        write_mosaic(tmp_path / "m.tif", image, 50.0)
    else:
        tifffile.imwrite(tmp_path / "m.tif", image, **WRITTEN[kind])
    rng = np.random.default_rng(0)
    with open_mosaic(tmp_path / "m.tif", threads=2) as opened:
        assert opened.shape == image.shape and opened.dtype == dtype
        assert np.array_equal(opened[:], image)
        for _ in range(30):
            (top, bottom), (left, right) = (np.sort(rng.integers(0, n + 1, 2)) for n in (300, 410))
            found = opened[top:bottom, left:right]
            assert np.array_equal(found, image[top:bottom, left:right])
            assert found.dtype == dtype and found.flags.writeable


def test_going_down_decodes_each_block_once(tmp_path, mosaic, monkeypatch):
    write_mosaic(tmp_path / "m.tif", mosaic, 50.0)
    decoded = []
    once = Mosaic._decode
    monkeypatch.setattr(
        Mosaic, "_decode", lambda self, k, file: decoded.append(k) or once(self, k, file)
    )
    with open_mosaic(tmp_path / "m.tif") as opened:
        for band in row_bands(1030, 100):
            assert np.array_equal(opened[band], mosaic[band])
    assert sorted(decoded) == list(range(9))


def tiles_in_a_grid(folder, mosaic, rows, columns, **options):
    """Write tiles of 64 px side by side, and return grid and paths."""
    grid = Grid(rows=rows, columns=columns, overlap=0, first=1)
    paths = grid.paths(str(folder / "r{row}_c{column:03}.tif"))
    for k, path in enumerate(paths):
        top, left = k // columns * 64, k % columns * 64
        tifffile.imwrite(path, mosaic[top : top + 64, left : left + 64], **options)
    return grid, paths


def test_of_tiles_only_those_in_the_rows_of_the_last_request_are_kept(tmp_path, mosaic):
    grid, paths = tiles_in_a_grid(tmp_path, mosaic, 8, 3, compression="zlib")
    with open_mosaic(paths, grid) as stitched:
        for band in row_bands(8 * 64, 64):
            assert np.array_equal(stitched[band], mosaic[band, : 3 * 64])
            kept = sum(block.size for tile in stitched._tiles for block in tile._decoded.values())
            assert kept == 64 * 3 * 64


@pytest.mark.parametrize("in_tiles", [False, True])
def test_several_threads_read_one_mosaic(tmp_path, mosaic, in_tiles):
    grid = Grid(2, 3) if in_tiles else None
    paths = tmp_path / "mosaic.tif"
    if in_tiles:
        mosaic = mosaic[:1030]
        parts = [part for row in np.split(mosaic, 2) for part in np.split(row, 3, axis=1)]
        paths = [tmp_path / f"t{number}.tif" for number in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            write_mosaic(path, part, 50.0)
    else:
        write_mosaic(paths, mosaic, 50.0)
    corners = np.random.default_rng(0).integers(0, (900, 1400), (400, 2)).tolist()
    with open_mosaic(paths, grid) as opened, ThreadPoolExecutor(4) as pool:
        read = pool.map(lambda at: opened[at[0] : at[0] + 90, at[1] : at[1] + 70], corners)
        for (top, left), found in zip(corners, read, strict=True):
            assert np.array_equal(found, mosaic[top : top + 90, left : left + 70])


@pytest.mark.parametrize("compression", ["zlib", None])
def test_more_tiles_than_a_process_may_open_files(tmp_path, mosaic, compression):
    grid, paths = tiles_in_a_grid(tmp_path, mosaic, 8, 8, compression=compression)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/dev/fd")) + 20, before[1]))
    try:
        with open_mosaic(paths, grid) as stitched:
            assert np.array_equal(stitched[:], mosaic[: 8 * 64, : 8 * 64])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_tile_of_another_pixel_size_is_refused(tmp_path, mosaic):
    grid, paths = tiles_in_a_grid(tmp_path, mosaic, 1, 2)
    for path, size in zip(paths, (50.0, 200.0), strict=True):
        write_mosaic(path, mosaic[:64, :64], size)
    with (
        pytest.raises(ImageError, match="c002.tif: its pixels have 200.* nm, those of .* 50.* nm"),
        open_mosaic(paths, grid),
    ):
        pass


@pytest.mark.parametrize("compression", ["zlib", None])
def test_a_pixel_that_is_no_number_is_refused_with_its_place(tmp_path, compression):
    labels = np.ones((200, 300), np.float32)
    labels[150, 70] = np.nan
    tifffile.imwrite(tmp_path / "m.tif", labels, compression=compression)
    with open_mosaic(tmp_path / "m.tif") as opened:
        assert np.array_equal(opened[:150], labels[:150])
        with pytest.raises(ImageError, match="m.tif: the pixel at row 150, column 70 is nan"):
            opened[100:, 50:]


@pytest.mark.parametrize("overlap", [0, 1, 10, 17])
def test_tiles_in_a_grid_are_stitched_by_position(tmp_path, mosaic, overlap):
    grid = Grid(rows=3, columns=4, overlap=overlap, first=1)
    steps = 60 - overlap, 80 - overlap
    paths = grid.paths(str(tmp_path / "r{row}_c{column:03}.tif"))
    assert Path(paths[5]).name == "r2_c002.tif"
    for k, path in enumerate(paths):
        top, left = k // 4 * steps[0], k % 4 * steps[1]
        tifffile.imwrite(path, mosaic[top : top + 60, left : left + 80])
    wanted = mosaic[: 3 * steps[0] + overlap, : 4 * steps[1] + overlap]
    with open_mosaic(paths, grid) as stitched:
        assert stitched.shape == wanted.shape
        assert np.array_equal(stitched[:], wanted)
        assert np.array_equal(stitched[55:130, 70:], wanted[55:130, 70:])
    tifffile.imwrite(paths[3], mosaic[:60, :81])
    with (
        pytest.raises(ImageError, match=r"r1_c004.tif: 60 x 81 px uint8, but .* 60 x 80"),
        open_mosaic(paths, grid),
    ):
        pass


def test_a_pattern_names_rows_and_columns_and_nothing_else():
    assert Grid(1, 2).paths("a{row:02}b{column}{row.__class__}") == [
        "a00b0{row.__class__}",
        "a00b1{row.__class__}",
    ]
    with pytest.raises(ValueError, match="has no {column}"):
        Grid(1, 2).paths("a{row}")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_contrast_is_that_of_all_pixels(tmp_path, mosaic, dtype):
    image = (mosaic.astype(float) ** 2 / 300).astype(dtype)
    histogram = Histogram(dtype)
    for band in np.split(image, [5, 400]):
        histogram.add(band)
    contrast = histogram.contrast()
    assert (contrast.minimum, contrast.maximum) == (image.min(), image.max())
    low, high = np.percentile(image, [0.5, 99.5], method="inverted_cdf")
    assert (contrast.low, contrast.high) == (low, high)
    write_contrast(tmp_path / "contrast.json", contrast)
    assert read_contrast(tmp_path / "contrast.json") == contrast
    with pytest.raises(ImageError, match="m.tif: 99 % of its pixels have the gray level 7"):
        Contrast(low=7, high=7, minimum=0, maximum=9).check("m.tif")


def test_mosaic_is_a_tiled_compressed_ome_pyramid(tmp_path, mosaic):
    path = tmp_path / "mosaic.tif"
    write_mosaic(path, mosaic, 80.0)
    with tifffile.TiffFile(path) as tiff:
        levels = tiff.series[0].levels
        page = tiff.pages[0]
        assert tiff.is_bigtiff and tiff.is_ome and len(tiff.pages) == 1
        assert [level.shape for level in levels] == [(1030, 1500), (515, 750), (258, 375)]
        assert page.is_tiled and page.compression == tifffile.COMPRESSION.ADOBE_DEFLATE
        assert np.array_equal(levels[1].asarray(), mosaic[::2, ::2])
        pixels = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]["Pixels"]
        assert pixels["PhysicalSizeX"] == pixels["PhysicalSizeY"] == pytest.approx(0.08)
        assert "DateTime" not in page.tags


def test_same_image_gives_same_bytes_in_any_bands(tmp_path, mosaic):
    write_mosaic(tmp_path / "a.tif", mosaic, 50.0)
    bands = np.split(mosaic, [1, 300, 301, 517, 1029])
    write_mosaic(tmp_path / "b.tif", bands, 50.0, mosaic.shape, mosaic.dtype, threads=2)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    write_mosaic(tmp_path / "c.tif", mosaic ^ 1, 50.0)
    uuids = []
    for name in "ac":
        with tifffile.TiffFile(tmp_path / f"{name}.tif") as tiff:
            uuids.append(tifffile.xml2dict(tiff.ome_metadata)["OME"]["UUID"])
    assert uuids[0] != uuids[1]


def test_too_few_rows_are_an_error_and_leave_nothing(tmp_path, mosaic):
    with pytest.raises(ValueError, match="700 rows of 1030"):
        write_mosaic(tmp_path / "a.tif", [mosaic[:700]], 50.0, mosaic.shape, mosaic.dtype)
    assert list(tmp_path.iterdir()) == []


def test_missing_or_foreign_file_is_named(tmp_path):
    with pytest.raises(ImageError, match="nowhere.tif: no such file"):
        inspect(tmp_path / "nowhere.tif")
    (tmp_path / "text.tif").write_text("no image at all")
    with pytest.raises(ImageError, match="text.tif: not a readable TIFF"):
        read(tmp_path / "text.tif")
    (tmp_path / "empty.tif").write_bytes(b"")
    with pytest.raises(ImageError, match="empty.tif: not a readable TIFF"):
        read(tmp_path / "empty.tif")


@pytest.mark.parametrize("kept", [0.002, 0.1, 0.5, 0.7])
@pytest.mark.parametrize("tiled", [True, False])
def test_truncated_mosaic_is_found_from_its_header(tmp_path, mosaic, kept, tiled):
    path = tmp_path / "cut.tif"
    if tiled:
        write_mosaic(path, mosaic, 50.0)
    else:
        tifffile.imwrite(path, mosaic)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ImageError, match="cut.tif"):
        inspect(path)


def test_pixels_of_one_bit_are_read_and_missed_where_they_are_cut_off(tmp_path):
    """Without compression they take an eighth of their number in bytes."""
    phase = np.random.default_rng(0).integers(0, 2, (900, 800)).astype(bool)
    path = tmp_path / "bits.tif"
    tifffile.imwrite(path, phase, bitspersample=1, photometric="minisblack")
    assert np.array_equal(read(path), phase)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(ImageError, match="bits.tif: truncated, .* of at least 90000"):
        inspect(path)


def test_corrupt_block_is_an_error_that_names_the_file(tmp_path, mosaic):
    path = tmp_path / "corrupt.tif"
    write_mosaic(path, mosaic, 50.0)
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[0].dataoffsets[2]
    content = bytearray(path.read_bytes())
    content[offset : offset + 64] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(
        ImageError, match="corrupt.tif: block at row 0, column 1024 cannot be decoded"
    ):
        read(path)


def test_mosaic_must_have_two_dimensions(tmp_path):
    tifffile.imwrite(tmp_path / "volume.tif", np.zeros((5, 40, 50), np.uint8))
    with pytest.raises(ImageError, match="volume.tif: one image of two dimensions is needed"):
        inspect(tmp_path / "volume.tif")


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_pixel_size_must_be_a_length(tmp_path, mosaic, size):
    with pytest.raises(ValueError, match="pixel_size_nm"):
        write_mosaic(tmp_path / "x.tif", mosaic, size)
    assert list(tmp_path.iterdir()) == []

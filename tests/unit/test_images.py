"""Mosaics and stacks come back as written, with their pixel size; unfit files are named."""

import numpy as np
import pytest
import tifffile

from rockrec import images
from rockrec.images import ImageError


@pytest.fixture
def mosaic():
    return np.random.default_rng(1).integers(0, 256, (1030, 1500), dtype=np.uint8)


@pytest.fixture
def tiles():
    return np.random.default_rng(2).integers(0, 2, (7, 24, 24), dtype=np.uint8)


# --- mosaics --------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_mosaic_comes_back_as_written(tmp_path, mosaic, dtype):
    path = tmp_path / "a" / "mosaic.tif"
    images.write_mosaic(path, mosaic.astype(dtype), 50.0)
    back = images.read_mosaic(path)
    assert back.dtype == dtype
    assert np.array_equal(back, mosaic)
    info = images.inspect_mosaic(path)
    assert (info.height, info.width, info.dtype) == (1030, 1500, dtype)
    assert info.pixel_size_nm == pytest.approx(50.0)


def test_region_is_that_of_the_whole(tmp_path, mosaic):
    path = tmp_path / "mosaic.tif"
    images.write_mosaic(path, mosaic, 50.0)
    region = images.read_mosaic(path, slice(500, 620), slice(1400, None))
    assert np.array_equal(region, mosaic[500:620, 1400:])


def test_mosaic_is_a_tiled_compressed_ome_pyramid(tmp_path, mosaic):
    path = tmp_path / "mosaic.tif"
    images.write_mosaic(path, mosaic, 80.0)
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


def test_same_image_gives_same_bytes(tmp_path, mosaic, tiles):
    for name in "ab":
        images.write_mosaic(tmp_path / f"{name}.tif", mosaic, 50.0)
        images.write_stack(tmp_path / f"{name}_stack.tif", tiles, 50.0)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    assert (tmp_path / "a_stack.tif").read_bytes() == (tmp_path / "b_stack.tif").read_bytes()


def test_pixel_size_from_imagej_and_none_from_bare_resolution(tmp_path, mosaic):
    tifffile.imwrite(
        tmp_path / "fiji.tif",
        mosaic,
        imagej=True,
        resolution=(4.0, 4.0),
        metadata={"unit": "micron"},
    )
    assert images.inspect_mosaic(tmp_path / "fiji.tif").pixel_size_nm == pytest.approx(250.0)
    tifffile.imwrite(
        tmp_path / "screen.tif", mosaic, resolution=(72, 72), resolutionunit="INCH", metadata=None
    )
    assert images.inspect_mosaic(tmp_path / "screen.tif").pixel_size_nm is None


def test_pixels_must_be_square(tmp_path, mosaic):
    tifffile.imwrite(
        tmp_path / "oblong.tif",
        mosaic,
        ome=True,
        metadata={"axes": "YX", "PhysicalSizeX": 0.05, "PhysicalSizeY": 0.06},
    )
    with pytest.raises(ImageError, match="oblong.tif: pixels of 50 x 60 nm are not square"):
        images.inspect_mosaic(tmp_path / "oblong.tif")


def test_missing_or_foreign_file_is_named(tmp_path):
    with pytest.raises(ImageError, match="nowhere.tif: no such file"):
        images.inspect_mosaic(tmp_path / "nowhere.tif")
    (tmp_path / "text.tif").write_text("no image at all")
    with pytest.raises(ImageError, match="text.tif: not a readable TIFF"):
        images.read_mosaic(tmp_path / "text.tif")
    (tmp_path / "empty.tif").write_bytes(b"")
    with pytest.raises(ImageError, match="empty.tif: not a readable TIFF"):
        images.read_mosaic(tmp_path / "empty.tif")


@pytest.mark.parametrize("kept", [0.002, 0.1, 0.5, 0.7])
@pytest.mark.parametrize("tiled", [True, False])
def test_truncated_mosaic_is_found_from_its_header(tmp_path, mosaic, kept, tiled):
    path = tmp_path / "cut.tif"
    if tiled:
        images.write_mosaic(path, mosaic, 50.0)
    else:
        tifffile.imwrite(path, mosaic)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ImageError, match="cut.tif"):
        images.inspect_mosaic(path)


def test_corrupt_block_is_an_error_that_names_the_file(tmp_path, mosaic):
    path = tmp_path / "corrupt.tif"
    images.write_mosaic(path, mosaic, 50.0)
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[0].dataoffsets[2]
    content = bytearray(path.read_bytes())
    content[offset : offset + 64] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(ImageError, match="corrupt.tif: its pixels cannot be decoded"):
        images.read_mosaic(path)


def test_mosaic_must_have_two_dimensions(tmp_path):
    tifffile.imwrite(tmp_path / "colour.tif", np.zeros((40, 50, 3), np.uint8), photometric="rgb")
    tifffile.imwrite(tmp_path / "volume.tif", np.zeros((5, 40, 50), np.uint8))
    for name in ("colour.tif", "volume.tif"):
        with pytest.raises(ImageError, match=f"{name}: a mosaic has two dimensions"):
            images.inspect_mosaic(tmp_path / name)
    with pytest.raises(ValueError, match="two dimensions"):
        images.write_mosaic(tmp_path / "x.tif", np.zeros((2, 3, 4), np.uint8), 50.0)


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_pixel_size_must_be_a_length(tmp_path, mosaic, tiles, size):
    with pytest.raises(ValueError, match="pixel_size_nm"):
        images.write_mosaic(tmp_path / "x.tif", mosaic, size)
    with pytest.raises(ValueError, match="pixel_size_nm"):
        images.write_stack(tmp_path / "x.tif", tiles, size)
    assert list(tmp_path.iterdir()) == []


def test_constant_or_small_mosaic_is_refused():
    with pytest.raises(ImageError, match="m.tif: every pixel has the value 7"):
        images.check_mosaic(np.full((64, 64), 7, np.uint8), "m.tif", at_least=64)
    image = np.arange(64 * 63, dtype=np.uint16).reshape(64, 63)
    with pytest.raises(ImageError, match="m.tif: 64 x 63 px is smaller than a tile"):
        images.check_mosaic(image, "m.tif", at_least=64)
    images.check_mosaic(image, "m.tif", at_least=63)


def test_labels_must_fit_and_name_two_classes():
    labels = np.zeros((20, 30), np.uint8)
    with pytest.raises(ImageError, match="l.tif: labels of 20 x 30 px, but the mosaic has 20 x 31"):
        images.check_labels(labels, "l.tif", (20, 31))
    labels[3, 4] = 1
    with pytest.raises(ImageError, match="l.tif: needs labels of at least two classes"):
        images.check_labels(labels, "l.tif", (20, 30))
    with pytest.raises(ImageError, match="l.tif: labels must be whole numbers, not float32"):
        images.check_labels(labels.astype(np.float32), "l.tif", (20, 30))
    labels[4, 5] = 2
    images.check_labels(labels, "l.tif", (20, 30))


def test_phase_must_be_there_and_not_everywhere():
    labels = np.array([[0, 255], [0, 255]], np.uint8)
    images.check_phase(labels, "s.tif", 255)
    with pytest.raises(ImageError, match="s.tif: no pixel is of phase 1; it has 0, 255"):
        images.check_phase(labels, "s.tif", 1)
    with pytest.raises(ImageError, match="s.tif: every pixel is of phase 255"):
        images.check_phase(np.full((4, 4), 255, np.uint8), "s.tif", 255)


# --- stacks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("n", [1, 7])
def test_stack_is_mapped_with_its_pixel_size(tmp_path, tiles, monkeypatch, big, n):
    if big:
        monkeypatch.setattr(images, "BIGTIFF_FROM", 1)
    path = tmp_path / "tiles.tif"
    images.write_stack(path, tiles[:n], 78.125)
    back = images.read_stack(path)
    assert isinstance(back, np.memmap) and not back.flags.writeable
    assert back.dtype == np.uint8
    assert np.array_equal(back, tiles[:n])
    assert images.stack_pixel_size(path) == 78.125
    with tifffile.TiffFile(path) as tiff:
        assert tiff.is_bigtiff == big and tiff.is_imagej == (not big)
        assert len(tiff.pages) == n


def test_imagej_stack_states_slices_and_micrometres(tmp_path, tiles):
    path = tmp_path / "tiles.tif"
    images.write_stack(path, tiles, 250.0)
    with tifffile.TiffFile(path) as tiff:
        assert tiff.imagej_metadata["slices"] == 7
        assert tiff.imagej_metadata["unit"] == "um"
        assert tiff.pages[0].tags["XResolution"].value == (4, 1)  # pixels per micrometre


@pytest.mark.parametrize("big", [False, True])
def test_truncated_stack_is_named(tmp_path, tiles, monkeypatch, big):
    if big:
        monkeypatch.setattr(images, "BIGTIFF_FROM", 1)
    path = tmp_path / "cut.tif"
    images.write_stack(path, tiles, 50.0)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ImageError, match="cut.tif"):
        images.read_stack(path)


def test_stack_holds_zeros_and_ones_only(tmp_path, tiles):
    with pytest.raises(ValueError, match="0 or 1, not 255"):
        images.write_stack(tmp_path / "x.tif", tiles * np.uint8(255), 50.0)
    with pytest.raises(ValueError, match="uint8"):
        images.write_stack(tmp_path / "x.tif", tiles.astype(float), 50.0)
    with pytest.raises(ValueError, match="uint8"):
        images.write_stack(tmp_path / "x.tif", tiles[:0], 50.0)


def test_stack_without_pixel_size_is_not_one_of_ours(tmp_path, tiles):
    tifffile.imwrite(tmp_path / "foreign.tif", tiles)
    with pytest.raises(ImageError, match="foreign.tif: is no stack of tiles with a pixel size"):
        images.read_stack(tmp_path / "foreign.tif")


@pytest.mark.parametrize("scale", [1, 255])
def test_external_stack_of_either_scale(tmp_path, tiles, scale):
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, tiles * np.uint8(scale), compression="zlib")
    back = images.read_external_stack(path)
    assert back.dtype == np.uint8 and np.array_equal(back, tiles)
    tifffile.imwrite(path, tiles[0] * np.uint8(scale))
    assert np.array_equal(images.read_external_stack(path), tiles[:1])


def test_external_stack_must_be_binary(tmp_path, tiles):
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, tiles * np.uint8(254))
    with pytest.raises(ImageError, match="other.tif: values must be 0 and 1, or 0 and 255, not 0"):
        images.read_external_stack(path)
    tifffile.imwrite(path, np.zeros((20, 20, 3), np.uint8), photometric="rgb")
    with pytest.raises(ImageError, match="other.tif: not a stack of binary images"):
        images.read_external_stack(path)
    with pytest.raises(ImageError, match="gone.tif: no such file"):
        images.read_external_stack(tmp_path / "gone.tif")


def test_pieces_of_a_stack_are_its_disjoint_squares():
    stack = np.arange(2 * 5 * 7).reshape(2, 5, 7)
    pieces = images.in_pieces(stack, 2)
    assert pieces.shape == (2 * 2 * 3, 2, 2)
    assert (pieces[4] == stack[0, 2:4, 2:4]).all()
    assert (pieces[6] == stack[1, :2, :2]).all()

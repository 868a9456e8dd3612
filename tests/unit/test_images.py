"""Mosaics and stacks come back as written, with their pixel size; unfit files are named."""

from types import SimpleNamespace

import numpy as np
import pytest
import tifffile

from rockrec import images
from rockrec.images import ImageError


@pytest.fixture
def tiles():
    return np.random.default_rng(2).integers(0, 2, (7, 24, 24), dtype=np.uint8)


# --- what makes an image unfit ---------------------------------------------------------------


def test_gray_has_8_or_16_bit_and_a_size():
    images.check_gray("m.tif", (64, 63), np.dtype(np.uint16), at_least=63)
    with pytest.raises(ImageError, match="m.tif: 64 x 63 px is too small, 64 px"):
        images.check_gray("m.tif", (64, 63), np.dtype(np.uint8), at_least=64)
    with pytest.raises(ImageError, match="m.tif: gray levels of float32"):
        images.check_gray("m.tif", (64, 63), np.dtype(np.float32), at_least=9)


def stated(size):
    return SimpleNamespace(path="m.tif", pixel_size_nm=size)


def test_a_pixel_size_other_than_the_config_s_is_refused():
    images.check_stated_pixel_size(stated(None), 50.0)
    images.check_stated_pixel_size(stated(50.4), 50.0)
    with pytest.raises(ImageError, match="m.tif: its pixels have 500 nm, .* config is 50"):
        images.check_stated_pixel_size(stated(500.0), 50.0)


def test_the_config_s_pixel_size_counts_if_it_is_trusted_and_that_is_told(caplog):
    images.check_stated_pixel_size(stated(500.0), 50.0, "config")
    said = "m.tif: its pixels have 500 nm; the config's 50 nm count (pixel_size_trust)"
    assert caplog.messages == [said]


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


def test_pieces_of_a_stack_are_its_disjoint_squares():
    stack = np.arange(2 * 5 * 7).reshape(2, 5, 7)
    pieces = images.in_pieces(stack, 2)
    assert pieces.shape == (2 * 2 * 3, 2, 2)
    assert (pieces[4] == stack[0, 2:4, 2:4]).all()
    assert (pieces[6] == stack[1, :2, :2]).all()


def test_same_tiles_give_same_bytes(tmp_path, tiles):
    for name in "ab":
        images.write_stack(tmp_path / f"{name}.tif", tiles, 50.0)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_pixel_size_of_a_stack_must_be_a_length(tmp_path, tiles, size):
    with pytest.raises(ValueError, match="pixel_size_nm"):
        images.write_stack(tmp_path / "x.tif", tiles, size)
    assert list(tmp_path.iterdir()) == []

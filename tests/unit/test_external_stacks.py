"""Stacks that other tools made are read whole, however they were written; others are named."""

import numpy as np
import pytest
import tifffile

from rockrec.external_stacks import read_external_stack, read_values
from rockrec.images import ImageError


@pytest.fixture
def tiles():
    return np.random.default_rng(2).integers(0, 2, (7, 24, 24), dtype=np.uint8)


@pytest.mark.parametrize("scale", [1, 255])
def test_external_stack_of_either_scale(tmp_path, tiles, scale):
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, tiles * np.uint8(scale), compression="zlib")
    back = read_external_stack(path)
    assert back.dtype == np.uint8 and np.array_equal(back, tiles)
    tifffile.imwrite(path, tiles[0] * np.uint8(scale))
    assert np.array_equal(read_external_stack(path), tiles[:1])


def test_external_stack_must_be_binary(tmp_path, tiles):
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, tiles * np.uint8(254))
    with pytest.raises(ImageError, match="other.tif: values must be 0 and 1, or 0 and 255, not 0"):
        read_external_stack(path)
    tifffile.imwrite(path, np.zeros((2, 2, 20, 20), np.uint8), photometric="minisblack")
    with pytest.raises(ImageError, match="other.tif: not a stack of images, but of shape"):
        read_external_stack(path)
    with pytest.raises(ImageError, match="gone.tif: no such file"):
        read_external_stack(tmp_path / "gone.tif")


# --- several series ---------------------------------------------------------------------------


@pytest.mark.parametrize("described", [{}, {"metadata": None}])
@pytest.mark.parametrize("compression", [None, "lzw"])
def test_images_that_were_written_one_by_one_are_a_stack(tmp_path, tiles, described, compression):
    with tifffile.TiffWriter(tmp_path / "loop.tif") as tiff:
        for tile in tiles:
            tiff.write(tile, compression=compression, **described)
    for tile in tiles:
        tifffile.imwrite(tmp_path / "append.tif", tile, append=True, **described)
    for name in ("loop.tif", "append.tif"):
        assert np.array_equal(read_external_stack(tmp_path / name), tiles)


def test_stacks_that_were_appended_are_one_stack(tmp_path, tiles):
    for part in (tiles[:2], tiles[2:6], tiles[6]):
        tifffile.imwrite(tmp_path / "s.tif", part, append=True, photometric="minisblack")
    assert np.array_equal(read_external_stack(tmp_path / "s.tif"), tiles)


@pytest.mark.parametrize("other", [np.zeros((24, 25), np.uint8), np.zeros((24, 24), np.uint16)])
def test_images_of_several_kinds_are_refused_with_their_numbers(tmp_path, tiles, other):
    with tifffile.TiffWriter(tmp_path / "s.tif") as tiff:
        for image in (*tiles, other):
            tiff.write(image)
    said = (
        "s.tif: holds 8 images in 8 series, which are no one stack "
        rf"\(7 of 24 x 24 px uint8, 1 of 24 x {other.shape[1]} px {other.dtype}\)"
    )
    with pytest.raises(ImageError, match=said):
        read_external_stack(tmp_path / "s.tif")


# --- OME sets ---------------------------------------------------------------------------------


def write_set(folder, tiles):
    """An OME set of one file per image, along time."""
    n, height, width = tiles.shape
    uuids = [f"urn:uuid:00000000-0000-0000-0000-{i:012d}" for i in range(n)]
    data = "".join(
        f'<TiffData FirstT="{i}" IFD="0" PlaneCount="1">'
        f'<UUID FileName="part_{i}.ome.tif">{uuids[i]}</UUID></TiffData>'
        for i in range(n)
    )
    for tile, own in zip(tiles, uuids, strict=True):
        description = (
            '<?xml version="1.0" encoding="UTF-8"?><OME '
            f'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="{own}">'
            '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" '
            f'SizeX="{width}" SizeY="{height}" SizeC="1" SizeZ="1" SizeT="{n}">{data}</Pixels>'
            "</Image></OME>"
        )
        path = folder / f"part_{uuids.index(own)}.ome.tif"
        tifffile.imwrite(path, tile, description=description, metadata=None)


@pytest.mark.parametrize("named", [0, 5])
def test_an_ome_set_is_read_whole_whichever_of_its_files_is_named(tmp_path, tiles, named):
    write_set(tmp_path, tiles)
    assert np.array_equal(read_external_stack(tmp_path / f"part_{named}.ome.tif"), tiles)


def test_an_ome_set_of_which_files_are_missing_is_refused(tmp_path, tiles):
    write_set(tmp_path, tiles)
    for i in (1, 4):
        (tmp_path / f"part_{i}.ome.tif").unlink()
    said = "part_2.ome.tif: states 7 images, of which 5 are here; put the other files of its set"
    with pytest.raises(ImageError, match=said):
        read_external_stack(tmp_path / "part_2.ome.tif")


# --- channels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 4])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_stack_of_3_or_4_images_that_was_stored_as_colour_is_a_stack(
    tmp_path, tiles, n, compression
):
    tifffile.imwrite(tmp_path / "s.tif", tiles[:n], photometric="rgb", compression=compression)
    assert np.array_equal(read_external_stack(tmp_path / "s.tif"), tiles[:n])


@pytest.mark.parametrize("images", [1, 2])
def test_channels_that_say_the_same_are_one(tmp_path, tiles, images):
    gray = tiles[:images].squeeze()
    for name, channels in (("rgb", 3), ("rgba", 4)):
        pixels = np.stack([gray] * channels, axis=-1)
        pixels[..., 3:] = 255
        tifffile.imwrite(tmp_path / f"{name}.tif", pixels, photometric="rgb")
        assert np.array_equal(read_values(tmp_path / f"{name}.tif"), tiles[:images])


@pytest.mark.parametrize("planes", [False, True])
def test_colour_is_refused(tmp_path, planes):
    pixels = np.random.default_rng(0).integers(0, 2, (20, 30, 3), np.uint8)
    planar = {"planarconfig": "separate"} if planes else {}
    pixels = np.ascontiguousarray(np.moveaxis(pixels, -1, 0)) if planes else pixels
    tifffile.imwrite(tmp_path / "c.tif", pixels, photometric="rgb", metadata=None, **planar)
    with pytest.raises(ImageError, match=r"c.tif: is in colour \(3 channels\)"):
        read_external_stack(tmp_path / "c.tif")


def test_transparency_is_refused(tmp_path, tiles):
    pixels = np.stack([tiles[0] * 255] * 4, axis=-1)
    tifffile.imwrite(tmp_path / "c.tif", pixels, photometric="rgb")
    share = 1 - tiles[0].mean()
    with pytest.raises(ImageError, match=f"c.tif: is transparent in {share:.1%} of what was read"):
        read_external_stack(tmp_path / "c.tif")

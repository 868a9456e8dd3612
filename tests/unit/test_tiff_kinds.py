"""TIFF of many origins: which of its images is read, with what pixels, and of what size."""

import numpy as np
import pytest
import tifffile
from opened import inspect, read

from rockrec.external_stacks import read_values
from rockrec.images import ImageError, check_stated_pixel_size
from rockrec.mosaics import open_mosaic, write_mosaic


@pytest.fixture(scope="module")
def mosaic():
    return np.random.default_rng(0).integers(0, 256, (300, 420), np.uint8)


# --- pixels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [{"tile": (64, 64)}, {"rowsperstrip": 50}])
@pytest.mark.parametrize("compression", ["jpeg", "lzw", "packbits", "zstd", "lzma", None])
def test_every_compression_is_read(tmp_path, mosaic, compression, layout):
    tifffile.imwrite(tmp_path / "m.tif", mosaic, compression=compression, **layout)
    assert np.array_equal(read(tmp_path / "m.tif"), tifffile.imread(tmp_path / "m.tif"))


@pytest.mark.parametrize("position", [np.s_[None], np.s_[..., None], np.s_[None, None]])
def test_axes_of_one_element_are_dropped(tmp_path, mosaic, position):
    tifffile.imwrite(tmp_path / "m.tif", mosaic[position], photometric="minisblack")
    assert np.array_equal(read(tmp_path / "m.tif"), mosaic)


def test_a_file_whose_0_is_white_says_so(tmp_path, mosaic):
    tifffile.imwrite(tmp_path / "white.tif", mosaic, photometric="miniswhite")
    tifffile.imwrite(tmp_path / "black.tif", mosaic, photometric="minisblack")
    assert inspect(tmp_path / "white.tif").white_is_zero
    assert not inspect(tmp_path / "black.tif").white_is_zero
    assert np.array_equal(read(tmp_path / "white.tif"), mosaic)  # as stored


# --- channels, palettes, orientations, blocks -------------------------------------------------

LAYOUTS = [{}, {"tile": (64, 48), "compression": "zlib"}, {"rowsperstrip": 37}]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("channels", [2, 3, 4])
def test_channels_that_say_the_same_are_one(tmp_path, mosaic, channels, layout):
    pixels = np.stack([mosaic] * channels, axis=-1)
    kind = {"photometric": "rgb", "planarconfig": "contig"}
    if channels in (2, 4):
        pixels[..., -1] = 255
        kind["extrasamples"] = ["unassalpha"]
    if channels == 2:
        kind["photometric"] = "minisblack"
    tifffile.imwrite(tmp_path / "m.tif", pixels, **kind, **layout)
    assert inspect(tmp_path / "m.tif").shape == mosaic.shape
    assert np.array_equal(read(tmp_path / "m.tif"), mosaic)
    if channels != 3:
        pixels[200, 300, -1] = 254
        tifffile.imwrite(tmp_path / "m.tif", pixels, **kind, **layout)
        with pytest.raises(ImageError, match="m.tif: is transparent in"):
            read(tmp_path / "m.tif")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_colour_is_refused_where_it_stands(tmp_path, mosaic, layout):
    pixels = np.stack([mosaic] * 3, axis=-1)
    pixels[250, 400, 1] ^= 1
    tifffile.imwrite(tmp_path / "m.tif", pixels, photometric="rgb", **layout)
    with pytest.raises(ImageError, match=r"m.tif: is in colour \(3 channels\); save it as 8- or"):
        read(tmp_path / "m.tif")
    planes = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
    tifffile.imwrite(
        tmp_path / "m.tif", planes, photometric="rgb", planarconfig="separate", **layout
    )
    with pytest.raises(ImageError, match="m.tif: holds 3 planes"):
        inspect(tmp_path / "m.tif")


def gray_of(path):
    with open_mosaic(path, of_gray=True) as image:
        return image[:]


@pytest.mark.parametrize("scale", [256, 257])
def test_a_palette_of_grays_is_applied_to_gray_levels_and_never_to_labels(tmp_path, mosaic, scale):
    inverted = np.arange(256)[::-1].astype(np.uint16) * scale
    tifffile.imwrite(
        tmp_path / "m.tif", mosaic, photometric="palette", colormap=np.stack([inverted] * 3)
    )
    gray = gray_of(tmp_path / "m.tif")
    assert gray.dtype == np.uint8
    assert np.array_equal(gray, 255 - mosaic)
    assert np.array_equal(read(tmp_path / "m.tif"), mosaic)


def test_a_palette_of_finer_grays_gives_16_bit(tmp_path, mosaic):
    levels = (np.arange(256) * 13 + 5).astype(np.uint16)
    tifffile.imwrite(
        tmp_path / "m.tif", mosaic, photometric="palette", colormap=np.stack([levels] * 3)
    )
    assert np.array_equal(gray_of(tmp_path / "m.tif"), levels[mosaic])
    with open_mosaic(tmp_path / "m.tif", of_gray=True) as image:
        assert image.dtype == np.uint16


def test_a_palette_of_colours_is_refused_for_gray_levels(tmp_path, mosaic):
    colours = np.stack([np.arange(256) * 257] * 3).astype(np.uint16)
    colours[2, 255] = 0  # saturated pixels shown in yellow
    tifffile.imwrite(tmp_path / "m.tif", mosaic, photometric="palette", colormap=colours)
    with pytest.raises(ImageError, match="m.tif: is in colour by its palette"):
        gray_of(tmp_path / "m.tif")
    assert np.array_equal(read(tmp_path / "m.tif"), mosaic)


# As TIFF 6.0 has it: where the 0th row and the 0th column of the file lie.
SHOWN_AS = {
    1: lambda image: image,
    2: np.fliplr,
    3: lambda image: np.rot90(image, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda image: np.rot90(image, -1),
    7: lambda image: np.rot90(image, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("orientation", SHOWN_AS)
def test_the_orientation_is_applied(tmp_path, mosaic, orientation, layout):
    path = tmp_path / "m.tif"
    tifffile.imwrite(path, mosaic, extratags=[(274, 3, 1, orientation, True)], **layout)
    expected = SHOWN_AS[orientation](mosaic)
    assert inspect(path).shape == expected.shape
    with open_mosaic(path) as image:
        assert np.array_equal(image[:], expected)
        assert np.array_equal(image[70:250, 33:291], expected[70:250, 33:291])
        assert np.array_equal(image[299:], expected[299:])
    assert np.array_equal(read_values(path)[0], expected)


@pytest.mark.parametrize("orientation", [1, 6])
def test_blocks_that_are_not_stored_are_empty(tmp_path, mosaic, orientation):
    path, expected = tmp_path / "m.tif", mosaic.copy()
    extra = [(274, 3, 1, orientation, True)]
    tifffile.imwrite(path, mosaic, tile=(64, 64), compression="zlib", extratags=extra)
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        page = tiff.pages[0]
        offsets, lengths = list(page.dataoffsets), list(page.databytecounts)
        for k in (0, 9, 34):  # of 5 x 7, the last one smaller
            offsets[k] = lengths[k] = 0
            top, left = k // 7 * 64, k % 7 * 64
            expected[top : top + 64, left : left + 64] = 0
        page.tags["TileOffsets"].overwrite(offsets)
        page.tags["TileByteCounts"].overwrite(lengths)
    assert np.array_equal(read(path), SHOWN_AS[orientation](expected))


# --- which image ----------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
def test_the_largest_image_is_the_mosaic(tmp_path, mosaic, first):
    """Others are thumbnails, or the upper levels of a pyramid."""
    small = mosaic[::4, ::4].copy()
    with tifffile.TiffWriter(tmp_path / "m.tif") as tiff:
        for image in (mosaic, small) if first else (small, mosaic):
            tiff.write(image, metadata=None)
    assert np.array_equal(read(tmp_path / "m.tif"), mosaic)


def test_the_pixel_size_is_that_of_the_image_that_is_read(tmp_path, mosaic):
    with tifffile.TiffWriter(tmp_path / "m.ome.tif", ome=True) as tiff:
        for image, size in ((mosaic[::4, ::4].copy(), 0.2), (mosaic, 0.05)):
            sizes = {"PhysicalSizeX": size, "PhysicalSizeY": size}
            tiff.write(image, metadata={"axes": "YX", **sizes})
    assert inspect(tmp_path / "m.ome.tif").pixel_size_nm == pytest.approx(50.0)
    assert np.array_equal(read(tmp_path / "m.ome.tif"), mosaic)


def test_of_two_images_as_large_none_is_taken(tmp_path, mosaic):
    with tifffile.TiffWriter(tmp_path / "m.tif") as tiff:
        for image in (mosaic, mosaic[:, ::-1].T.copy()):
            tiff.write(image, metadata=None)
    with pytest.raises(ImageError, match="m.tif: holds 2 images, several as large"):
        inspect(tmp_path / "m.tif")


OME = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{own}">{images}</OME>
"""
IMAGE = """<Image ID="Image:{i}"><Pixels ID="Pixels:{i}" DimensionOrder="XYCZT" Type="uint8"
SizeX="{width}" SizeY="{height}" SizeC="1" SizeZ="1" SizeT="1" PhysicalSizeX="0.05"
PhysicalSizeY="0.05"><TiffData IFD="0" PlaneCount="1">
<UUID FileName="{i}.tif">urn:uuid:{uuid}</UUID>
</TiffData></Pixels></Image>"""


def test_a_file_of_an_ome_set_is_read_by_itself(tmp_path, mosaic):
    """Each file of the set lists the images of all."""
    uuids = [f"00000000-0000-0000-0000-00000000000{i}" for i in range(2)]
    height, width = mosaic.shape
    images = "".join(
        IMAGE.format(i=i, height=height, width=width, uuid=uuid) for i, uuid in enumerate(uuids)
    )
    content = mosaic, mosaic[::-1].copy()
    for i, image in enumerate(content):
        tifffile.imwrite(
            tmp_path / f"{i}.tif",
            image,
            description=OME.format(own=uuids[i], images=images),
            metadata=None,
            compression="zlib" if i else None,
        )
    for i, image in enumerate(content):
        assert np.array_equal(read(tmp_path / f"{i}.tif"), image)
        assert inspect(tmp_path / f"{i}.tif").pixel_size_nm == pytest.approx(50.0)


# --- broken headers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        ("StripByteCounts", [1] * 3, "lists 6 blocks and 3 lengths, not 6"),
        ("RowsPerStrip", 0, "blocks without pixels"),
    ],
)
def test_a_broken_header_is_an_error_that_names_the_file(tmp_path, mosaic, tag, value, said):
    tifffile.imwrite(tmp_path / "m.tif", mosaic, compression="lzw", rowsperstrip=50, metadata=None)
    with tifffile.TiffFile(tmp_path / "m.tif", mode="r+b") as tiff:
        tiff.pages[0].tags[tag].overwrite(value)
    with pytest.raises(ImageError, match=f"m.tif: .*{said}"):
        read(tmp_path / "m.tif")


@pytest.mark.filterwarnings("ignore")
def test_any_byte_of_a_header_may_be_wrong(tmp_path, mosaic):
    """Read as it is or refused by name, whatever stands in it."""
    path = tmp_path / "m.tif"
    tifffile.imwrite(path, mosaic[:40, :50], imagej=True, metadata={"unit": "um"})
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for at in random.integers(0, 400, 300):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << random.integers(8)
        path.write_bytes(damaged)
        try:
            read(path)
        except ImageError as error:
            assert "m.tif: " in str(error)
            refused += 1
    assert refused > 30


# --- pixel sizes ----------------------------------------------------------------------------


FEI, ZEISS = 34682, 34118  # tags of their own


@pytest.mark.parametrize(
    ("tag", "text", "size"),
    [
        (FEI, "[Scan]\r\nPixelWidth=1.5e-008\r\nPixelHeight=1.5e-008\r\n", 15.0),
        (FEI, "[Scan]\r\nPixelWidth=\r\nPixelHeight=\r\n", None),
        (FEI, "[User]\r\nUser=any\r\n", None),
        (ZEISS, "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 55.8 nm\r\n", 55.8),
        (ZEISS, "AP_MAG\r\nMag = 1.00 K X\r\n", None),
    ],
)
def test_pixel_size_from_the_microscope(tmp_path, mosaic, tag, text, size):
    extra = [(tag, 2, 0, text, True)]
    tifffile.imwrite(tmp_path / "m.tif", mosaic, extratags=extra, metadata=None)
    assert inspect(tmp_path / "m.tif").pixel_size_nm == (size and pytest.approx(size))


def test_broken_ome_metadata_name_the_file(tmp_path, mosaic):
    write_mosaic(tmp_path / "m.tif", mosaic[:300, :300], 50.0)
    with tifffile.TiffFile(tmp_path / "m.tif", mode="r+b") as tiff:
        tag = tiff.pages[0].tags["ImageDescription"]
        tag.overwrite(tag.value.replace("<Image", "<Imag<").encode())
    with pytest.raises(ImageError, match="m.tif: its metadata cannot be read"):
        inspect(tmp_path / "m.tif").pixel_size_nm  # noqa: B018


def test_pixel_size_from_imagej_and_none_from_a_screens_resolution(tmp_path, mosaic):
    tifffile.imwrite(
        tmp_path / "fiji.tif",
        mosaic,
        imagej=True,
        resolution=(4.0, 4.0),
        metadata={"unit": "micron"},
    )
    assert inspect(tmp_path / "fiji.tif").pixel_size_nm == pytest.approx(250.0)
    tifffile.imwrite(
        tmp_path / "screen.tif", mosaic, resolution=(72, 72), resolutionunit="INCH", metadata=None
    )
    assert inspect(tmp_path / "screen.tif").pixel_size_nm is None


@pytest.mark.parametrize(("unit", "per_unit"), [("CENTIMETER", 200_000), ("INCH", 508_000)])
def test_resolution_tags_count_where_no_screen_is_as_fine(tmp_path, mosaic, unit, per_unit):
    resolution = (per_unit, per_unit)
    tifffile.imwrite(
        tmp_path / "m.tif", mosaic, resolution=resolution, resolutionunit=unit, metadata=None
    )
    assert inspect(tmp_path / "m.tif").pixel_size_nm == pytest.approx(50.0)


def test_an_imagej_file_without_calibration_states_no_pixel_size(tmp_path, mosaic):
    tifffile.imwrite(tmp_path / "m.tif", mosaic, imagej=True, metadata={"unit": "micron"})
    with tifffile.TiffFile(tmp_path / "m.tif", mode="r+b") as tiff:
        for name in ("XResolution", "YResolution"):
            tiff.pages[0].tags[name].overwrite((0, 1))
    assert inspect(tmp_path / "m.tif").pixel_size_nm is None


def test_pixels_must_be_square(tmp_path, mosaic):
    tifffile.imwrite(
        tmp_path / "oblong.tif",
        mosaic,
        ome=True,
        metadata={"axes": "YX", "PhysicalSizeX": 0.05, "PhysicalSizeY": 0.06},
    )
    oblong = inspect(tmp_path / "oblong.tif")
    with pytest.raises(ImageError, match="oblong.tif: pixels of 50 x 60 nm are not square"):
        oblong.pixel_size_nm  # noqa: B018
    with pytest.raises(ImageError, match="oblong.tif: .* not square, pixel_size_nm in the config"):
        check_stated_pixel_size(oblong, 50)
    check_stated_pixel_size(oblong, 50, "config")


def test_the_sides_of_a_pixel_may_differ_by_what_its_size_may(tmp_path, mosaic):
    text = "[Scan]\r\nPixelWidth=2.00e-008\r\nPixelHeight=2.01e-008\r\n"
    tifffile.imwrite(tmp_path / "m.tif", mosaic, extratags=[(FEI, 2, 0, text, True)], metadata=None)
    assert inspect(tmp_path / "m.tif").pixel_size_nm == pytest.approx(20.05)


@pytest.mark.parametrize("per_inch", [72, 96, 300])
def test_a_screens_resolution_that_imagej_kept_is_no_pixel_size(tmp_path, mosaic, per_inch):
    options = {"imagej": True, "metadata": {"unit": "inch"}}
    tifffile.imwrite(tmp_path / "m.tif", mosaic, resolution=(per_inch, per_inch), **options)
    assert inspect(tmp_path / "m.tif").pixel_size_nm is None
    tifffile.imwrite(tmp_path / "m.tif", mosaic, resolution=(254_000, 254_000), **options)
    assert inspect(tmp_path / "m.tif").pixel_size_nm == pytest.approx(100.0)


@pytest.mark.parametrize(("unit", "size"), [("µm", 1.0), ("nm", 1000), ("mm", 1e-3)])
def test_a_micrometre_that_ome_has_by_default_is_not_believed(tmp_path, mosaic, caplog, unit, size):
    sizes = {f"PhysicalSize{axis}": size for axis in "XY"}
    sizes |= {f"PhysicalSize{axis}Unit": unit for axis in "XY"}
    tifffile.imwrite(tmp_path / "m.tif", mosaic, ome=True, metadata={"axes": "YX", **sizes})
    assert inspect(tmp_path / "m.tif").pixel_size_nm is None
    assert "m.tif: pixels of exactly 1 µm, as OME has them by default" in caplog.text

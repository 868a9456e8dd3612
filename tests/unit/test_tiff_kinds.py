"""TIFF of many origins: which of its images is read, with what pixels, and of what size."""

import numpy as np
import pytest
import tifffile
from opened import inspect, read

from rockrec.images import ImageError
from rockrec.mosaics import write_mosaic


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
        inspect(tmp_path / "m.tif")


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
    with pytest.raises(ImageError, match="oblong.tif: pixels of 50 x 60 nm are not square"):
        inspect(tmp_path / "oblong.tif")

"""Labels are read from what annotation programs write; what is no label is named with its place."""

import json
import struct
import zlib
from zlib import crc32

import h5py
import numpy as np
import pytest
import tifffile
from skimage.io import imsave

from rockrec.images import ImageError
from rockrec.labels import open_labels, read_labels

LABELS = np.random.default_rng(0).integers(0, 4, (30, 50)).astype(np.uint8)


def write_hdf5(path, array, axes=None, name="exported_data", also=()):
    with h5py.File(path, "w") as file:
        data = file.create_dataset(name, data=array)
        if axes:
            tags = {"axes": [{"key": axis, "typeFlags": 2, "resolution": 0} for axis in axes]}
            data.attrs["axistags"] = json.dumps(tags)
        for other in also:
            file[other] = array


# --- formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("axes", ["yx", "xy", "yxc", "cyx", "tzyxc", "txyzc", "xcy"])
def test_hdf5_comes_as_rows_and_columns_whatever_its_axes(tmp_path, axes):
    sides = {"y": 30, "x": 50}
    ordered = LABELS if axes.index("y") < axes.index("x") else LABELS.T
    write_hdf5(tmp_path / "a.h5", ordered.reshape([sides.get(axis, 1) for axis in axes]), axes)
    assert np.array_equal(read_labels(tmp_path / "a.h5"), LABELS)
    with open_labels(tmp_path / "a.h5") as labels:
        assert labels.shape == (30, 50)
        assert np.array_equal(labels[3:20, 10:], LABELS[3:20, 10:])


@pytest.mark.parametrize("shape", [(30, 50), (1, 30, 50, 1), (30, 50, 1)])
def test_hdf5_without_axistags_is_rows_and_columns(tmp_path, shape):
    write_hdf5(tmp_path / "a.h5", LABELS.reshape(shape), name="group/labels")
    assert np.array_equal(read_labels(tmp_path / "a.h5"), LABELS)


def test_hdf5_with_several_datasets_needs_the_name_that_ilastik_gives(tmp_path):
    write_hdf5(tmp_path / "a.h5", LABELS, also=["other"])
    assert np.array_equal(read_labels(tmp_path / "a.h5"), LABELS)
    write_hdf5(tmp_path / "b.h5", LABELS, name="one", also=["two"])
    with pytest.raises(ImageError, match=r"b.h5: needs the dataset exported_data .* has one, two"):
        read_labels(tmp_path / "b.h5")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64, np.float32, ">i4"])
def test_numpy_and_tiff_of_any_number_type(tmp_path, dtype):
    np.save(tmp_path / "a.npy", LABELS[None, :, :, None].astype(dtype))
    tifffile.imwrite(tmp_path / "a.tif", LABELS.astype(np.dtype(dtype).newbyteorder("=")))
    for name in ("a.npy", "a.tif"):
        found = read_labels(tmp_path / name)
        assert found.dtype == np.uint8
        assert np.array_equal(found, LABELS)


def test_png(tmp_path):
    imsave(tmp_path / "a.png", LABELS, check_contrast=False)
    assert np.array_equal(read_labels(tmp_path / "a.png"), LABELS)


def write_png(path, bits, colours, rows, palette=b"", transparency=b""):
    """A PNG from its chunks, rows of packed bytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))

    width = len(rows[0]) * 8 // bits
    header = struct.pack(">IIBBBBB", width, len(rows), bits, colours, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    if palette:
        chunks.insert(1, chunk(b"PLTE", palette) + chunk(b"tRNS", transparency))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_a_png_of_few_bits_keeps_its_values(tmp_path):
    write_png(tmp_path / "2.png", 2, 0, [bytes([0b00011011] * 5)] * 20)
    assert np.array_equal(read_labels(tmp_path / "2.png"), np.tile([0, 1, 2, 3], (20, 5)))
    write_png(tmp_path / "4.png", 4, 0, [bytes([0x0F, 0x12] * 5)] * 20)
    assert np.array_equal(read_labels(tmp_path / "4.png"), np.tile([0, 15, 1, 2], (20, 5)))


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_the_numbers_of_a_palette_are_the_labels(tmp_path, bits):
    """Whatever colours they are shown in, of which 0 may be transparent."""
    numbers = np.tile(np.arange(4, dtype=np.uint8), (20, 10))
    per_byte = 8 // bits
    shifts = (np.arange(per_byte)[::-1] * bits).astype(np.uint8)
    packed = (numbers.reshape(20, -1, per_byte) << shifts).sum(axis=2, dtype=np.uint8)
    palette = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 90, 90, 90])
    rows = [bytes(row) for row in packed]
    write_png(tmp_path / "a.png", bits, 3, rows, palette=palette, transparency=bytes([0]))
    assert np.array_equal(read_labels(tmp_path / "a.png"), numbers)


def test_labels_of_several_channels_that_say_the_same_are_read(tmp_path):
    imsave(tmp_path / "a.png", np.dstack([LABELS] * 3), check_contrast=False)
    assert np.array_equal(read_labels(tmp_path / "a.png"), LABELS)
    imsave(tmp_path / "b.png", np.dstack([LABELS, LABELS, LABELS + 1]), check_contrast=False)
    with pytest.raises(ImageError, match=r"b.png: is in colour \(3 channels\)"):
        read_labels(tmp_path / "b.png")


def test_an_archive_of_arrays_is_no_label_image(tmp_path):
    np.savez(tmp_path / "a.npz", LABELS)
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    with pytest.raises(ImageError, match=r"a.npy: an archive of arrays \(.npz\)"):
        read_labels(tmp_path / "a.npy")


@pytest.mark.parametrize("kind", ["h5", "npy", "png"])
def test_any_byte_of_a_label_image_may_be_wrong(tmp_path, kind):
    """Read, or refused by name, whatever stands in it."""
    path = tmp_path / f"a.{kind}"
    if kind == "h5":
        write_hdf5(path, LABELS[None, :, :, None], "zyxc")
    elif kind == "npy":
        np.save(path, LABELS)
    else:
        write_png(path, 8, 0, [bytes(row) for row in LABELS])
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for at in random.integers(0, min(len(whole), 3000), 300):
        damaged = bytearray(whole)
        damaged[at : at + 4] = random.bytes(4)
        path.write_bytes(damaged)
        try:
            read_labels(path)
        except ImageError as error:
            assert path.name in str(error)
            refused += 1
    assert refused > 10


# --- values ---------------------------------------------------------------------------------


def test_the_value_of_unlabelled_pixels_becomes_0(tmp_path):
    np.save(tmp_path / "a.npy", np.where(LABELS == 0, 255, LABELS))
    assert np.array_equal(read_labels(tmp_path / "a.npy", unlabelled=255), LABELS)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(np.nan, float), (1.5, float), (np.inf, float), (-1, int), (256, int), (0, int)],
)
def test_a_value_that_is_no_label_is_named_with_its_first_place(tmp_path, value, dtype):
    array = np.full((40, 60), 9, dtype)
    array[33, 8:] = array[20:, 12] = value
    np.save(tmp_path / "a.npy", array)
    said = rf"a.npy: the label at row 20, column 12 is {value}; .* from 1 to 255, and 9 where"
    with pytest.raises(ImageError, match=said):
        read_labels(tmp_path / "a.npy", unlabelled=9)
    with (
        open_labels(tmp_path / "a.npy", unlabelled=9) as labels,
        pytest.raises(ImageError, match="row 33, column 30"),
    ):
        labels[30:, 30:]


def test_a_label_of_no_named_class_is_refused(tmp_path):
    array = np.where(LABELS == 3, 2, LABELS)
    array[25, 7] = 3
    np.save(tmp_path / "a.npy", array)
    assert np.array_equal(read_labels(tmp_path / "a.npy", classes={1: "", 2: "", 3: ""}), array)
    said = "a.npy: the label at row 25, column 7 is 3; the classes are 1, 2, and 0 where"
    with pytest.raises(ImageError, match=said):
        read_labels(tmp_path / "a.npy", classes={1: "pore", 2: "grain"})


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".h5", ".npy", ".png", ".tif"])
def test_missing_and_broken_files_are_named(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with pytest.raises(ImageError, match=f"a{suffix}: no such file"):
        read_labels(path)
    path.write_bytes(b"labels" * 100)
    with pytest.raises(ImageError, match=f"a{suffix}: not a readable"):
        read_labels(path)


def test_truncated_numpy_file_is_named(tmp_path):
    np.save(tmp_path / "a.npy", LABELS)
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-100])
    with pytest.raises(ImageError, match="a.npy: not a readable"):
        read_labels(tmp_path / "a.npy")


def test_damaged_hdf5_chunk_is_named_with_its_place(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        data = file.create_dataset("exported_data", (30, 50), "u1", chunks=(10, 50), compression=4)
        data[:] = LABELS
        chunk = data.id.get_chunk_info(2)
    content = bytearray((tmp_path / "a.h5").read_bytes())
    content[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    (tmp_path / "a.h5").write_bytes(content)
    with (
        open_labels(tmp_path / "a.h5") as labels,
        pytest.raises(ImageError, match=r"a.h5: .*row 20, column 0 on cannot be decoded"),
    ):
        labels[20:, :]


@pytest.mark.parametrize(
    ("shape", "axes"), [((2, 30, 50), "cyx"), ((2, 30, 50), None), ((3,), None)]
)
def test_more_or_less_than_two_dimensions_are_refused(tmp_path, shape, axes):
    write_hdf5(tmp_path / "a.h5", np.ones(shape, np.uint8), axes)
    np.save(tmp_path / "a.npy", np.ones(shape, np.uint8))
    for name in ("a.h5", "a.npy"):
        with pytest.raises(ImageError, match=f"{name}: labels have two dimensions"):
            read_labels(tmp_path / name)


@pytest.mark.parametrize("axes", ["zx", "yxc"])
def test_axistags_that_do_not_fit_are_refused(tmp_path, axes):
    write_hdf5(tmp_path / "a.h5", LABELS, axes)
    with pytest.raises(ImageError, match="a.h5: its axistags .* do not fit the shape"):
        read_labels(tmp_path / "a.h5")

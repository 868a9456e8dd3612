"""Files and configs from elsewhere run no code, and cannot fill the memory."""

import ast
import lzma
import os
import pickle
import resource
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
import torch

from rockrec.external_stacks import read_external_stack
from rockrec.gans.sampling import load_model
from rockrec.images import ImageError, open_tiff
from rockrec.labels import read_labels
from rockrec.mosaics import open_mosaic
from rockrec.segmentation import load_unet

CODE = sorted(Path("workflow").rglob("*.py"))
SAFE = {"torch.load": ("weights_only", True), "np.load": ("allow_pickle", False)}
NEVER = {
    *("eval", "exec", "os.system", "os.popen", "pickle.load", "pickle.loads"),
    *("pd.read_pickle", "yaml.load", "yaml.unsafe_load", "joblib.load"),
}


@pytest.mark.parametrize("path", CODE, ids=str)
def test_nothing_that_is_read_can_run_code(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        given = {word.arg: ast.unparse(word.value) for word in node.keywords}
        assert called not in NEVER, f"{path}:{node.lineno}"
        assert given.get("shell") != "True", f"{path}:{node.lineno}"
        if called in SAFE:
            name, value = SAFE[called]
            assert given.get(name) == str(value), f"{path}:{node.lineno}"


class Trap:
    def __reduce__(self):
        return os.mkdir, ("sprung",)


def test_a_model_that_hides_code_is_refused_and_runs_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"format": 2, "settings": Trap()}, "trap.pt")
    Path("bare.pt").write_bytes(pickle.dumps(Trap()))
    for load in (load_unet, load_model):
        for name in ("trap.pt", "bare.pt"):
            with pytest.raises(ValueError, match=name):
                load(name)
    assert not Path("sprung").exists()


def test_labels_that_hide_code_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("labels.npy", np.array([[Trap()]], dtype=object), allow_pickle=True)
    with pytest.raises(ImageError, match="labels.npy"):
        read_labels("labels.npy")
    assert not Path("sprung").exists()


def small_file_of(path, shape, **options):
    """A TIFF whose header declares `shape`, though it holds next to nothing."""
    tifffile.imwrite(path, np.zeros((64, 64), np.uint8), **options)
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        for name, value in zip(("ImageLength", "ImageWidth"), shape, strict=True):
            tiff.pages[0].tags[name].overwrite(value)
    return path


@pytest.mark.parametrize("shape", [(2_000_000, 2_000_000), (60_000, 60_000)])
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"tile": (64, 64)}])
def test_a_header_that_declares_too_much_is_refused(tmp_path, shape, options):
    path = small_file_of(tmp_path / "huge.tif", shape, **options)
    with pytest.raises(ImageError, match="huge.tif"), open_mosaic(path) as mosaic:
        mosaic[: shape[0], : shape[1]]
    with pytest.raises(ImageError, match="huge.tif"):
        read_external_stack(path)


def test_one_compressed_block_of_many_gigabytes_is_refused(tmp_path):
    path = small_file_of(tmp_path / "bomb.tif", (100_000, 100_000), compression="zlib")
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        tiff.pages[0].tags["RowsPerStrip"].overwrite(100_000)
    with pytest.raises(ImageError, match="bomb.tif"), open_mosaic(path):
        pass


def test_a_block_that_unpacks_to_more_than_it_declares_is_refused(tmp_path):
    """256 MiB of zeros in a block of 64 x 64 px."""
    path = tmp_path / "bomb.tif"
    packed = zlib.compress(bytes(2**28), 9)
    tifffile.imwrite(
        path, iter([packed]), shape=(64, 64), dtype=np.uint8, tile=(64, 64), compression="zlib"
    )
    with pytest.raises(ImageError, match="bomb.tif: its blocks hold more"), open_mosaic(path):
        pass


def packed_zeros(compression, megabytes):
    """Zeros, packed piece by piece, so that the test never holds them."""
    piece = bytes(2**20)
    if compression == "zstd":
        return imagecodecs.zstd_encode(piece) * megabytes
    packer = zlib.compressobj(9) if compression == "zlib" else lzma.LZMACompressor(preset=1)
    return b"".join([packer.compress(piece) for _ in range(megabytes)] + [packer.flush()])


@pytest.mark.parametrize("compression", ["zlib", "zstd", "lzma"])
def test_of_a_block_no_more_is_unpacked_than_its_pixels(tmp_path, compression):
    path, side, megabytes = tmp_path / "bomb.tif", 2048, 400
    packed = packed_zeros(compression, megabytes)
    assert len(packed) < side**2  # so small that its length gives nothing away
    options = {"dtype": np.uint8, "tile": (side, side), "compression": compression}
    tifffile.imwrite(path, iter([packed]), shape=(side, side), **options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_mosaic(path) as mosaic:
        try:
            assert mosaic[:side, :side].sum() == 0
        except ImageError as error:
            assert "bomb.tif: block at row 0, column 0 cannot be decoded" in str(error)
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB
    assert more < megabytes * 1024 / 4


def test_a_large_image_that_is_what_it_says_is_read(tmp_path):
    path = tmp_path / "sparse.tif"
    tifffile.imwrite(
        path, np.zeros((3000, 5000), np.uint8), tile=(512, 512), compression="zlib", bigtiff=True
    )
    with open_mosaic(path) as mosaic:
        assert mosaic[2000:2100, :].sum() == 0
    with open_tiff(path) as tiff:
        assert tiff.series[0].shape == (3000, 5000)

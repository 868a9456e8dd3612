"""``rockrec segment`` and ``rockrec sample``: trained networks at work."""

import numpy as np
import pytest
import tifffile
import torch

from rockrec.command import main
from rockrec.denoise import denoise
from rockrec.external_stacks import read_external_stack
from rockrec.gans.networks import build
from rockrec.gans.sampling import FORMAT, load_model, sample, threshold
from rockrec.gans.settings import as_dict, gan_settings
from rockrec.housekeeping.states import save_whole
from rockrec.images import read_stack, stack_pixel_size
from rockrec.mosaics import contrast_of, open_mosaic, write_mosaic
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.model import save_forest
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.inference import segment
from rockrec.segmentation.model import UNet, build_network, load_unet, save_unet
from rockrec.synthetic import make_rock


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder with a U-Net and two generators, none of which has learnt anything."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(1)
    settings = UNetSettings(crop=32)
    network = build_network(settings, 2).eval()
    save_unet(folder / "unet.pt", UNet(network, settings, (1, 7), (0.0, 255.0), {7: "pore"}))
    finer = UNet(network, settings, (1, 7), (0.0, 255.0), {7: "pore"}, pixel_size_nm=25.0)
    save_unet(folder / "finer.pt", finer)
    for kind in ("dcgan", "stylegan2_ada"):
        settings = gan_settings({"kind": kind, "latent": 8, "channels": 4})
        content = {
            "format": FORMAT,
            "settings": as_dict(settings),
            "size": 16,
            "phase_fraction": 0.25,
            "step": 7,
            "metrics": {},
            "state_dict": build(16, settings, seed=5).generator.state_dict(),
        }
        save_whole(content, folder / f"{kind}.pt")
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- segment --------------------------------------------------------------------------------

SMALL = ["--window", "64", "--overlap", "16"]


@pytest.fixture
def gray(folder):
    """A gray mosaic of 50 nm pixels."""
    mosaic = make_rock("fractures", 256, 256, seed=4).gray[:64, :96]
    write_mosaic("gray.tif", mosaic, 50.0)
    return mosaic


def labels_of(image, model):
    """What the network makes of an image in its own contrast."""
    unet, contrast = load_unet(model), contrast_of(image)
    unet.gray_range = (contrast.low, contrast.high)
    return segment(unet, image, window=64, overlap=16)


def segmented(*arguments):
    assert main(["segment", "gray.tif", "-o", "labels.tif", *SMALL, *arguments]) == 0
    with open_mosaic("labels.tif") as mosaic:
        return mosaic[:], mosaic.pixel_size_nm


def test_a_mosaic_is_segmented_in_its_own_contrast(gray, models, capsys):
    labels, pixel_size_nm = segmented("--model", str(models / "unet.pt"))
    assert np.array_equal(labels, labels_of(gray, models / "unet.pt"))
    assert set(np.unique(labels)) <= {1, 7} and pixel_size_nm == pytest.approx(50.0)
    assert "labels.tif: classes 1, 7 pore" in capsys.readouterr().err


def test_a_raw_mosaic_is_denoised_first(gray, models, folder):
    labels, _ = segmented("--model", str(models / "unet.pt"), "--denoise", "--radius", "2")
    smooth = denoise(gray, "exact", 2, 2.0, 30.0)
    assert np.array_equal(labels, labels_of(smooth, models / "unet.pt"))
    assert sorted(path.name for path in folder.iterdir()) == ["gray.tif", "labels.tif"]


def test_a_network_of_another_pixel_size_is_used_at_its_own(gray, models, capsys):
    labels, pixel_size_nm = segmented("--model", str(models / "finer.pt"), "--resample")
    assert labels.shape == gray.shape and pixel_size_nm == pytest.approx(50.0)
    assert set(np.unique(labels)) <= {1, 7}
    assert "2 times as much: segmented at the model's pixel size" in capsys.readouterr().err


def test_a_forest_segments_as_well_and_has_no_windows(gray, folder, capsys):
    rock = make_rock("fractures", 256, 256, seed=4)
    fields = labelled_fields(rock.gray, np.where(rock.truth == 1, 7, 1).astype(np.uint8), HALO)
    settings = ForestSettings(trees=5, pixels=500)
    options = {"classes": {7: "pore", 1: ""}, "gray_range": (0, 255), "seed": 1}
    made = train_forest(fields, settings=settings, pixel_size_nm=50.0, bits=8, **options).forest
    save_forest("forest.npz", made)
    assert main(["segment", "gray.tif", "-o", "labels.tif", "--model", "forest.npz"]) == 0
    contrast = contrast_of(gray)
    made.gray_range = (contrast.low, contrast.high)
    with open_mosaic("labels.tif") as labels:
        assert np.array_equal(labels[:], np.concatenate(list(forest_bands(made, gray))))
    assert "labels.tif: classes 1, 7 pore" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        segmented("--model", "forest.npz")
    assert "--window is of a U-Net, and forest.npz a forest" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mosaic", "model", "more", "message"),
    [
        ("gray.tif", "finer.pt", [], "finer.pt was trained on pixels of 25 nm"),
        ("bare.tif", "unet.pt", [], "bare.tif states no pixel size: --pixel-size is needed"),
        ("gray.tif", "unet.pt", ["--radius", "2"], "--radius goes with --denoise only"),
        ("gray.tif", "unet.pt", ["--window", "33"], "a multiple of 32, not 33"),
        ("gray.tif", "unet.pt", ["--overlap", "300"], "overlap must be 0 to 256 px"),
        ("gray.tif", "dcgan.pt", [], "dcgan.pt: a U-Net of format 1"),
        ("gray.tif", "gray.tif", [], "gray.tif: not a U-Net of this project"),
        ("gone.tif", "unet.pt", [], "gone.tif: no such file"),
        ("colour.tif", "unet.pt", ["--pixel-size", "9"], "colour.tif: is in colour (3 channels)"),
    ],
)
def test_what_cannot_be_segmented_is_said(gray, models, capsys, mosaic, model, more, message):
    tifffile.imwrite("bare.tif", gray)
    tifffile.imwrite("colour.tif", np.dstack([gray, gray, 255 - gray]), photometric="rgb")
    if model.endswith(".pt"):
        model = str(models / model)
    with pytest.raises(SystemExit) as stop:
        main(["segment", mosaic, "--model", model, "-o", "labels.tif", *more])
    told = capsys.readouterr().err.splitlines()
    assert stop.value.code == 2
    assert message in told[-1] and told[-1].startswith("rockrec segment: ")


# --- sample ---------------------------------------------------------------------------------


def test_tiles_are_the_librarys(models, folder):
    path = models / "dcgan.pt"
    assert main(["sample", str(path), "-n", "5", "--seed", "3", "-o", "made.tif"]) == 0
    gray = sample(load_model(path), 5, seed=3)
    made = read_external_stack("made.tif")
    assert np.array_equal(made, threshold(gray, "phase_fraction", 0.25))


def test_larger_images_with_their_pixel_size(models, folder):
    arguments = ["-n", "2", "--size", "32", "--pixel-size", "200", "-o", "made.tif"]
    assert main(["sample", str(models / "dcgan.pt"), *arguments]) == 0
    assert read_stack("made.tif").shape == (2, 32, 32)
    assert stack_pixel_size("made.tif") == 200.0


def test_truncated_tiles_are_others(models, folder):
    path, made = models / "stylegan2_ada.pt", []
    for truncation in ("1", "0.5"):
        arguments = ["-n", "4", "--truncation", truncation, "-o", "made.tif"]
        assert main(["sample", str(path), *arguments]) == 0
        made.append(read_external_stack("made.tif"))
    assert not np.array_equal(*made)
    gray = sample(load_model(path), 4, seed=0, truncation=0.5)
    assert np.array_equal(made[1], threshold(gray, "phase_fraction", 0.25))


@pytest.mark.parametrize(
    ("model", "more", "message"),
    [
        ("dcgan.pt", ["--size", "40"], "size 40 px is no whole multiple of the tile's, 16 px"),
        ("stylegan2_ada.pt", ["--size", "32"], "stylegan2_ada draws tiles of the size"),
        ("dcgan.pt", ["--truncation", "0.5"], "dcgan has no styles for --truncation"),
        ("stylegan2_ada.pt", ["--truncation", "1.5"], "at most 1, not 1.5"),
        ("unet.pt", [], "unet.pt: is no model of format 1"),
        ("gone.pt", [], "gone.pt: No such file or directory"),
    ],
)
def test_what_cannot_be_sampled_is_said(models, folder, capsys, model, more, message):
    with pytest.raises(SystemExit) as stop:
        main(["sample", str(models / model), "-n", "2", "-o", "made.tif", *more])
    told = capsys.readouterr().err.splitlines()
    assert stop.value.code == 2
    assert message in told[-1] and told[-1].startswith("rockrec sample: ")


def test_a_damaged_model_is_not_to_be_deleted(models, folder, capsys):
    whole = (models / "dcgan.pt").read_bytes()
    (folder / "cut.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SystemExit):
        main(["sample", "cut.pt", "-n", "2", "-o", "made.tif"])
    told = capsys.readouterr().err.splitlines()[-1]
    assert "cut.pt: truncated or damaged" in told and "delete" not in told

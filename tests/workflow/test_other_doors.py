"""Mosaics in tiles, labels as annotated fields, networks handed from rock to rock: a real run."""

import json

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import CORES, run_snakemake

from rockrec.plain.grid import Grid
from rockrec.synthetic import make_rock

GRID = {"rows": 2, "columns": 3, "overlap": 16, "first": 1}
TRAINING = {"crop": 64, "batch": 4, "epochs": 1, "steps": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three rocks: one in tiles of 16 bit with labels, two that take its network."""
    folder = tmp_path_factory.mktemp("doors")
    rock = make_rock("fractures", 384, 640, seed=1)
    gray = rock.gray.astype(np.uint16) * 200 + 3000
    steps = (384 - 16) // 2, (640 - 16) // 3
    for k, path in enumerate(Grid(**GRID).paths(str(folder / "r{row}_c{column:02}.tif"))):
        top, left = k // 3 * steps[0], k % 3 * steps[1]
        tifffile.imwrite(path, gray[top : top + steps[0] + 16, left : left + steps[1] + 16])
    labels = np.where(rock.labels > 0, rock.labels, 255)
    np.save(folder / "left.npy", labels[:, 20:300])
    tifffile.imwrite(folder / "right.tif", labels[:, 330:].astype(np.uint8))
    other = make_rock("fractures", 300, 400, seed=2)
    tifffile.imwrite(folder / "next.tif", other.gray)
    tifffile.imwrite(folder / "next_labels.tif", other.labels)
    settings = {
        "samples": {
            "tiles": {
                "mosaic": "r{row}_c{column:02}.tif",
                "grid": GRID,
                "labels": [
                    {"file": "left.npy", "row": 0, "column": 20},
                    {"file": "right.tif", "row": 0, "column": 330},
                ],
                "unlabelled": 255,
                "classes": {1: "fracture", 2: "rock"},
                "pixel_size_nm": 500,
            },
            "given": {"mosaic": "next.tif", "model": "tiles", "pixel_size_nm": 500},
            "looked": {"mosaic": "next.tif", "labels": "next_labels.tif", "pixel_size_nm": 500},
            "started": {"mosaic": "next.tif", "labels": "next_labels.tif", "pixel_size_nm": 500},
        },
        "unet": TRAINING | {"per_sample": {"started": {"init_from": "tiles"}}},
        "segmentation": {
            "window": 128,
            "overlap": 32,
            "per_sample": {"looked": {"kind": "forest"}},
        },
        "forest": {"trees": 10},
        "res": {"sizes": [32, 64]},
        "methods": {},
        "experiments": {"one": {"tiles": {"window": 32, "stride": 32, "size": 32}, "methods": []}},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder


def made(folder, *targets, check=True):
    arguments = ("--configfile", "config.yaml", "--cores", CORES, *targets)
    return run_snakemake(folder, *arguments, check=check)


def test_a_network_is_trained_on_fields_of_a_mosaic_in_tiles_and_handed_on(folder):
    results = folder / "results"
    made(
        folder,
        "results/given/mosaic/segmented.tif",
        "results/started/unet/scores.csv",
        "results/figures/segmentation.png",
        "results/given/mosaic/paint_next.csv",
        "results/looked/mosaic/paint_next.csv",
        "results/looked/mosaic/phase_fraction.json",
    )
    denoised = tifffile.imread(results / "tiles/mosaic/denoised.tif")
    assert (denoised.shape, denoised.dtype) == ((384, 640), np.uint16)
    found = tifffile.imread(results / "given/mosaic/segmented.tif")
    assert found.shape == (300, 400)
    assert set(np.unique(found)) <= {1, 2}
    assert not (results / "given/unet").exists()
    for sample in ("given", "looked"):
        denoised = tifffile.imread(results / sample / "mosaic/denoised.tif")
        fields = pd.read_csv(results / sample / "mosaic/paint_next.csv")
        assert len(fields) and fields["doubt"].is_monotonic_decreasing
        for field in fields.itertuples():
            cut = tifffile.imread(results / sample / "mosaic" / field.image)
            rows, columns = (
                slice(first, first + side)
                for first, side in ((field.row, field.height), (field.column, field.width))
            )
            assert np.array_equal(cut, denoised[rows, columns])
    assert not (results / "looked/unet").exists()
    scores = pd.read_csv(results / "started/unet/scores.csv")
    assert set(scores["model"]) == {"initial", "forest", "trained"}


def test_judged_points_give_the_phase_fraction_its_interval(folder):
    truth, mosaic = make_rock("fractures", 300, 400, seed=2).truth, folder / "results/looked/mosaic"
    before = json.loads((mosaic / "phase_fraction.json").read_text("utf-8"))
    assert before["judged"] is None
    assert before["found"] == (tifffile.imread(mosaic / "segmented.tif") == 1).mean()
    points = pd.read_csv(mosaic / "points.csv")
    assert len(points) == len(tifffile.imread(mosaic / "points.tif")) == 300
    points["label"] = np.where(truth[points["row"], points["column"]], 1, 2)
    points.to_csv(folder / "judged.csv", index=False)
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    settings["samples"]["looked"]["points"] = "judged.csv"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    made(folder, "results/looked/mosaic/phase_fraction.json")
    config.write_text(text, encoding="utf-8")
    judged = json.loads((mosaic / "phase_fraction.json").read_text("utf-8"))["judged"]
    assert judged["points"] == 300
    assert judged["low"] <= truth.mean() <= judged["high"]
    assert judged["high"] - judged["low"] < 0.1  # by counting alone: 0.11


def test_a_label_of_no_named_class_is_an_error_that_names_file_and_value(folder):
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("2: rock", "3: rock"), encoding="utf-8")
    done = made(folder, "results/tiles/unet/model.pt", check=False)
    config.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    said = done.stderr + done.stdout
    assert "left.npy" in said and "2" in said.split("left.npy")[1][:120]


def test_a_pixel_size_other_than_the_files_own_is_refused_before_any_job(folder):
    tifffile.imwrite(
        folder / "next.tif",
        tifffile.imread(folder / "next.tif"),
        ome=True,
        metadata={"axes": "YX", "PhysicalSizeX": 0.05, "PhysicalSizeY": 0.05},
    )
    done = made(folder, "--dry-run", check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "next.tif: its pixels have 50 nm, pixel_size_nm in the config is 500" in said

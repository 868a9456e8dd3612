"""What a run will take is estimated from the config, at the speed of known cards."""

import copy
from pathlib import Path

import numpy as np
import pytest
import tifffile
import yaml

from rockrec.mosaics import Outside, write_mosaic
from rockrec.mosaics.inspected import Inspection, write_inspection
from rockrec.plain.windows import count_splits, split_windows
from rockrec_planning.preflight import Needs, gpu_hours, needs
from rockrec_settings.mosaics import advice
from rockrec_settings.resolve import resolve

DEMO = yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))
PAPER = {
    "kind": "wgan_gp",
    "batch": 128,
    "channels": 64,
    "max_channels": 1024,
    "critic_steps": 5,
    "steps": 4300,
}
STYLED = {"kind": "stylegan2_ada", "batch": 32, "steps": 31_250}


def test_the_papers_training_takes_the_papers_time():
    assert gpu_hours(PAPER, 128) == pytest.approx(6)  # 3 h on two


def test_hours_grow_with_steps_batch_and_size():
    assert gpu_hours(PAPER | {"steps": 8600, "batch": 64}, 128) == pytest.approx(6)
    # The five layers that both have are of 16 times the area; two more come on top, no wider.
    assert 16 * 6 < gpu_hours(PAPER, 512) < 16 * 7 / 5 * 6
    assert gpu_hours(PAPER | {"critic_steps": 1}, 128) < 6 / 3
    # A DCGAN's critic takes no second derivative, however often it is updated.
    assert gpu_hours(PAPER | {"kind": "dcgan"}, 128) < 6 * 0.6


def test_stylegan2_takes_what_was_measured_per_thousand_images():
    assert gpu_hours(STYLED, 128) == pytest.approx(1000 * 21.4 / 3600)
    assert gpu_hours(STYLED, 512) == pytest.approx(1000 * 160.5 / 3600)
    automatic = STYLED | {"batch": None, "steps": 1000}
    assert gpu_hours(automatic, 512) == pytest.approx(8 * 160.5 / 3600)


def job(rule, **wildcards):
    return rule, {"sample": "meta_igneous", "experiment": "comparison", **wildcards}


def test_bytes_are_those_of_the_stacks():
    settings = resolve(copy.deepcopy(DEMO))
    tiles = 1 + (2048 - 128) // 32, 1 + (4096 - 128) // 32
    assert needs([job("cut_tiles")], settings).size == tiles[0] * tiles[1] * 64**2
    drawn = [job("sample_gan", method="wgan_gp", replicate="1")]
    assert needs(drawn, settings).size == 2560 * 64**2
    assert needs(drawn * 3, settings)[:2] == (3, 3 * 2560 * 64**2)


def test_hours_of_a_gpu_are_counted_where_there_is_one():
    training = [job("train_gan", method="wgan_gp", replicate="1")]
    config = copy.deepcopy(DEMO)
    assert needs(training, resolve(config)).gpu_hours == 0
    config["run"] = {"device": "cuda"}
    settings = resolve(config)
    expected = gpu_hours(settings["methods"]["wgan_gp"], 64)
    assert needs(training, settings).gpu_hours == expected > 0


def test_a_mosaic_that_is_not_there_yet_is_named():
    config = copy.deepcopy(DEMO)
    config["samples"]["meta_igneous"] = {
        "segmented": "resources/none.tif",
        "archive": {"page": "https://page"},
        "pixel_size_nm": 50,
    }
    found = needs([job("cut_tiles"), job("train_gan", method="dcgan")], resolve(config))
    assert found.unknown == ("meta_igneous",)
    assert "tiles of meta_igneous, whose mosaic is not here yet" in found.told(1e12)


def test_the_line_tells_jobs_disk_and_hours_and_warns_of_a_small_disk():
    line = Needs(102, 2.5e9, 640.4, ()).told(free=7e10)
    assert line == (
        "Before the run: 102 jobs; about 2.5 GB to write, 70 GB free; "
        "about 640 GPU hours at the speed of known cards"
    )
    assert "GPU" not in Needs(1, 1e6, 0, ()).told(1e9)
    assert Needs(1, 2e9, 0, ()).told(1e9).endswith("THE DISK IS TOO SMALL")


@pytest.fixture
def with_a_corner(tmp_path, monkeypatch):
    """A run's folder with a mosaic, the settings of the run, and what an inspection would mark."""
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("rock.tif", np.random.default_rng(0).integers(0, 2, (400, 1200), np.uint8))
    sample = {"segmented": "rock.tif", "outside": 255, "pixel_size_nm": 50}
    tiles = {"window": 40, "stride": 20, "size": 40}
    config = {
        "samples": {"rock": sample},
        "res": {"sizes": [16, 32]},
        "methods": {},
        "experiments": {"e": {"tiles": tiles, "methods": []}},
    }
    marks = np.zeros((400, 1200), np.uint8)
    marks[:300, 500:] = 255
    return resolve(config), marks


def test_windows_are_counted_exactly_once_the_mosaic_was_inspected(with_a_corner):
    settings, marks = with_a_corner
    cut = [("cut_tiles", {"sample": "rock", "experiment": "e"})]
    laid = 400, 1200, 40, 20, 0.15, 0.3
    most, exact = (
        count_splits(split_windows(*laid, outside)) for outside in (None, Outside(marks))
    )
    found = needs(cut, settings)
    assert found.size == sum(most.values()) * 40**2
    assert "tiles of rock: at most so many" in found.told(1e12)
    assert f"has at most {most['heldout']} disjoint" in advice(settings, "results")[0]

    Path("results/rock/mosaic").mkdir(parents=True)
    write_mosaic("results/rock/mosaic/outside.tif", marks, 50.0)
    rock = int(np.count_nonzero(marks == 0))
    inspection = Inspection(400, 1200, rock, {"value 255": marks.size - rock})
    write_inspection("results/rock/mosaic/inspection.json", inspection)
    found = needs(cut, settings)
    assert found.size == sum(exact.values()) * 40**2 < sum(most.values()) * 40**2
    assert "at most" not in found.told(1e12)
    assert f"rock has {exact['heldout']} disjoint" in advice(settings, "results")[0]

    Path("results/rock/mosaic/inspection.json").write_text("{", encoding="utf-8")
    assert "at most" in needs(cut, settings).told(1e12)


def test_an_inspection_of_another_mosaic_does_not_count(with_a_corner):
    settings, marks = with_a_corner
    Path("results/rock/mosaic").mkdir(parents=True)
    write_mosaic("results/rock/mosaic/outside.tif", marks, 50.0)
    write_inspection("results/rock/mosaic/inspection.json", Inspection(400, 1200, 1, {"banner": 1}))
    Path("rock.tif").touch()
    cut = [("cut_tiles", {"sample": "rock", "experiment": "e"})]
    assert "at most" in needs(cut, settings).told(1e12)

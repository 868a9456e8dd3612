"""What a run will take is estimated from the config, at the speed of known cards."""

import copy
from pathlib import Path

import pytest
import yaml

from rockrec_planning.preflight import Needs, gpu_hours, needs
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

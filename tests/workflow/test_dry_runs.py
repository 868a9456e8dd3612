"""Every config of the project builds its DAG; a wrong one is refused before any job."""

import numpy as np
import pytest
import tifffile
import yaml
from running import ROOT, jobs, run_snakemake

CONFIGS = sorted((ROOT / "config").glob("*.yaml"))


def place_inputs(config, folder):
    """Empty mosaics (sparse files) where the config names the user's own."""
    for name, sample in (config.get("samples") or {}).items():
        for key in ("mosaic", "labels", "segmented"):
            if key in sample:
                path = folder / sample[key]
                path.parent.mkdir(parents=True, exist_ok=True)
                shape = (15_000, 30_000) if name == "serpentinite" else (17_920, 54_784)
                tifffile.memmap(path, shape=shape, dtype=np.uint8, bigtiff=True).flush()


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_the_dag_of_every_config(path, tmp_path):
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    place_inputs(config, tmp_path)
    planned = jobs(run_snakemake(tmp_path, "--dry-run", "--configfile", path))
    experiments = config["experiments"].values()
    samples = len(config["samples"])
    assert planned["cut_tiles"] == samples * len(experiments)
    assert planned["analyse_res"] == samples
    kinds = [config["methods"][m]["kind"] for e in experiments for m in e["methods"]]
    networks = sum(kind in ("dcgan", "wgan_gp", "stylegan2_ada") for kind in kinds)
    assert planned["train_gan"] == planned["sample_gan"] == samples * networks
    assert planned["anneal"] == samples * kinds.count("sa")
    assert planned.get("quilt", 0) == samples * kinds.count("quilting")
    assert planned["describe_realisations"] == samples * len(kinds)
    assert planned["make_report"] == 1


def test_without_a_config_the_demo_is_planned():
    """As on a fresh clone: no config named, the repository as working directory."""
    planned = jobs(run_snakemake(ROOT, "--dry-run", "--forceall"))
    assert planned["make_synthetic_rock"] == 2


def test_a_built_in_rock_with_a_rim_is_inspected_like_a_mosaic_that_is_brought(tmp_path):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    config["samples"]["meta_igneous"]["rim"] = 40
    (tmp_path / "rim.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = run_snakemake(tmp_path, "--dry-run", "--configfile", tmp_path / "rim.yaml")
    assert jobs(done)["inspect_mosaic"] == 1


def test_a_users_config_holds_none_of_the_demos_rocks(tmp_path):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    config["samples"] = {"mine": {"segmented": "rock.tif", "pixel_size_nm": 5.0}}
    place_inputs(config, tmp_path)
    for method in config["methods"].values():
        method.pop("per_sample", None)
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = run_snakemake(tmp_path, "--dry-run", "--configfile", tmp_path / "mine.yaml")
    assert "make_synthetic_rock" not in jobs(done)
    assert "meta_igneous" not in done.stdout


@pytest.mark.parametrize("start", ["quilting", "wgan_gp", "sa_pn", "gaussian"])
def test_an_annealing_waits_for_what_it_starts_from(start, tmp_path):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    config["methods"]["sa"] |= {"start": start, "replicates": 2}
    (tmp_path / "start.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    wanted = "results/meta_igneous/comparison/sa/2/realisations.tif"
    planned = jobs(
        run_snakemake(tmp_path, wanted, "--dry-run", "--configfile", tmp_path / "start.yaml")
    )
    assert planned["anneal"] == (2 if start == "sa_pn" else 1)
    assert planned.get("quilt", 0) == (start == "quilting")
    assert planned.get("sample_gan", 0) == (start == "wgan_gp")


def test_a_wrong_config_ends_in_its_mistakes_and_no_traceback(tmp_path):
    text = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("stride: 32", "strid: 32"), encoding="utf-8")
    done = run_snakemake(tmp_path, "--dry-run", "--configfile", wrong, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "wrong.yaml cannot be used" in said
    assert "experiments.comparison.tiles.strid: unknown key; did you mean 'stride'?" in said
    assert "experiments.comparison.tiles.stride: missing" in said
    assert "Traceback" not in said

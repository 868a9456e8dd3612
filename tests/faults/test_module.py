"""The workflow as a module of another one: its rules renamed, its files below a prefix."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from running import CORES, ROOT
from small_runs import COMPUTED, config, results_of

# A neighbour has a wildcard of the same name, in files beside those of the module.
SNAKEFILE = """
configfile: "config.yaml"

module rockrec:
    snakefile: "{snakefile}"
    config: config["of_rockrec"]
    prefix: "made"

use rule * from rockrec as rock_*

rule summary:
    default_target: True
    input:
        "made/results/report.html",
        "summary/rock/of_tiles.txt",

rule neighbour:
    input: "made/results/{{sample}}/e/tiles.csv"
    output: "summary/{{sample}}/{{experiment}}.txt"
    shell: "wc -l < {{input}} > {{output}}"
"""


def run(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", CORES, *arguments]
    environment = os.environ | {"PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def use(folder, snakefile, **changes):
    (folder / "Snakefile").write_text(SNAKEFILE.format(snakefile=snakefile), encoding="utf-8")
    settings = config()
    settings["run"] |= changes
    text = yaml.safe_dump({"of_rockrec": settings}, sort_keys=False)
    (folder / "config.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which another workflow has made everything by this one."""
    folder = tmp_path_factory.mktemp("module")
    use(folder, ROOT / "Snakefile")
    status, said = run(folder)
    assert status == 0, said[-3000:]
    own = max(map(int, re.findall(r"of (\d+) steps", said))) - len(["neighbour", "summary"])
    assert f"Before the run: {own} jobs" in said, "the neighbour's jobs are none of this workflow's"
    return folder


def test_the_prefixed_tree_is_the_plain_one(made, finished):
    found, right = results_of(made / "made"), results_of(finished)
    records = {path for path in right if path.endswith("provenance.json")}
    assert found.keys() == right.keys()
    assert {path for path in found if found[path] != right[path]} <= records
    for path in records:
        told = json.loads((made / "made/results" / path).read_text(encoding="utf-8"))
        inputs = json.loads((finished / "results" / path).read_text(encoding="utf-8"))["inputs"]
        assert told["inputs"] == {f"made/{name}": digest for name, digest in inputs.items()}
    assert all((made / "made" / target).exists() for target in COMPUTED)


def test_nothing_lies_outside_and_the_neighbour_is_undisturbed(made):
    own = {"Snakefile", "config.yaml", ".snakemake", "made", "summary"}
    assert {path.name for path in made.iterdir()} == own
    assert {path.name for path in (made / "made").iterdir()} == {"results", "logs"}
    lines = (made / "made/results/rock/e/tiles.csv").read_text(encoding="utf-8").count("\n")
    assert (made / "summary/rock/of_tiles.txt").read_text(encoding="utf-8").strip() == str(lines)


def test_checksums_and_checkpoints_are_kept_below_the_prefix(made):
    results = made / "made/results"
    assert (results / "checksums/rock/e/tiles.tif.sha256").is_file()
    assert list((results / "checkpoints/rock").glob("wgan_gp-*/model_*.pt"))
    tiles = results / "rock/e/heldout/curves.csv"
    before = tiles.read_bytes()
    tiles.write_bytes(before + b"1\n")
    status, said = run(made, "--force", "made/results/figures/e/lineal_path.png")
    tiles.write_bytes(before)
    assert status != 0 and "damaged, or edited since it was made" in said


def test_a_finished_one_wants_nothing_nor_with_more_jobs_of_annealing(made):
    run(made)
    for changes in ({}, {"annealing_jobs": 3}):
        use(made, ROOT / "Snakefile", **changes)
        status, said = run(made, "--dry-run")
        assert status == 0 and "Nothing to be done" in said, said[-3000:]


def test_the_inner_snakefile_is_the_same_workflow(made):
    use(made, ROOT / "workflow/Snakefile")
    status, said = run(made, "--dry-run")
    assert status == 0 and "Nothing to be done" in said, said[-3000:]


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_without_a_config_elsewhere_a_line_says_what_to_type(tmp_path, snakefile):
    status, said = run(tmp_path, "--snakefile", ROOT / snakefile, "--dry-run")
    assert status == 1
    assert "name your config with --configfile" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_either_file_makes_everything_without_a_target(finished, snakefile):
    path = finished / "planned.yaml"
    path.write_text(yaml.safe_dump(config()), encoding="utf-8")
    arguments = ("--snakefile", ROOT / snakefile, "--configfile", path, "--dry-run", "--forceall")
    status, said = run(finished, *arguments)
    assert status == 0
    assert "make_report" in said and "train_gan" in said

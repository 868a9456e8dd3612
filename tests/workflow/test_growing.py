"""A new generator and a new figure: by record and module alone they are planned and shown.

Descriptors and diagnoses: `tests/unit/test_records_grow.py`.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml
from running import ROOT

KIND = '''"""A toy."""

from dataclasses import dataclass

from rockrec.plain.records.kinds.wgan_gp import WganGpSettings
from rockrec.plain.records.methods import Kind
from rockrec.plain.records.settings import constant, setting


@dataclass(frozen=True, kw_only=True)
class ToySettings(WganGpSettings):
    """A toy."""

    kind: str = constant("toy_gan", "A toy.")
    wobble: float = setting(0.5, "How much it wobbles.", above=0)


def networks():
    from rockrec.gans.toy_gan import ToyGan

    return ToyGan


TOY_GAN = Kind(title="Toy GAN", settings=ToySettings, networks=networks)
'''
NETWORKS = '''"""A toy."""

from rockrec.gans.wgan_gp import WganGp


class ToyGan(WganGp):
    """A toy."""
'''
FIGURE = """
    Figure(
        name="toy",
        title="toy",
        what="A toy.",
        section="comparison",
        of="experiment",
        inputs={"pores": Files("pores.csv", "scene")},
        params=("samples",),
    ),
"""
MODULE = '"""A toy."""\n'
SCRIPT = '"""Plot a toy."""\n\nimport rockrec.figures.toy\n'
PLAN = """
import json, os, sys
from pathlib import Path

folder, config = Path.cwd(), json.loads(sys.argv[1])
from planning import dag_of, name_of

with dag_of(folder, config, snakefile=folder / "Snakefile") as workflow:
    jobs = list(workflow.dag.jobs)
    report = next(job for job in jobs if job.rule.name == "make_report")
    found = {
        "jobs": sorted(map(name_of, jobs)),
        "captions": {one["name"]: one["caption"] for one in report.params.figures},
        "code": sorted(
            {path for job in jobs if "wgan_gp" in name_of(job) for path in job.input.code}
        ),
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the workflow."""
    folder = tmp_path_factory.mktemp("house")
    for part in ("workflow", "envs"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "Snakefile", folder)
    return folder


def told(folder, program, *arguments):
    """What a program prints that runs with the library and the planning of a copy."""
    parts = ("workflow", "workflow/scripts")
    paths = [*(str(folder / part) for part in parts), str(ROOT / "tests/workflow")]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def planned(folder, *methods):
    config = yaml.safe_load((ROOT / "tests/tiny.yaml").read_text(encoding="utf-8"))
    config["methods"]["mine"] = {"kind": "toy_gan", "wobble": 0.25, "steps": 100}
    config["experiments"]["comparison"]["methods"] += methods
    if not methods:
        del config["methods"]["mine"]
    return told(folder, PLAN, json.dumps(config))


def put(folder, path, old, new):
    file = folder / "workflow/scripts" / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} in {path}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_generator_is_its_record_its_module_and_a_line(house):
    before = planned(house)
    scripts, kinds = house / "workflow/scripts/rockrec", "rockrec/plain/records/kinds/__init__.py"
    (scripts / "plain/records/kinds/toy_gan.py").write_text(KIND, encoding="utf-8")
    (scripts / "gans/toy_gan.py").write_text(NETWORKS, encoding="utf-8")
    first = "from rockrec.plain.records.kinds.wgan_gp import WGAN_GP\n"
    put(house, kinds, first, f"from rockrec.plain.records.kinds.toy_gan import TOY_GAN\n{first}")
    put(house, kinds, "WGAN_GP, STYLEGAN2_ADA", "WGAN_GP, TOY_GAN, STYLEGAN2_ADA")
    after = planned(house, "mine")
    new = [job for job in after["jobs"] if job not in before["jobs"]]
    rules = {rule for rule, *_ in new}
    assert rules == {"train_gan", "sample_gan", "describe_realisations"}
    assert all(job[1:] == ["meta_igneous", "comparison", "mine", "1"] for job in new)
    assert after["code"] == before["code"], "another kind's networks run on its code"


def test_a_figure_is_its_record_its_module_its_script_and_its_caption(house):
    put(house, "rockrec/plain/records/figures.py", "FIGURES = (\n", f"FIGURES = ({FIGURE}")
    scripts = house / "workflow/scripts"
    (scripts / "rockrec/figures/toy.py").write_text(MODULE, encoding="utf-8")
    (scripts / "plot_toy.py").write_text(SCRIPT, encoding="utf-8")
    (house / "workflow/report/toy.rst").write_text("A toy, as it is.", encoding="utf-8")
    found = planned(house)
    assert {tuple(job) for job in found["jobs"] if job[0] == "plot_toy"} == {
        ("plot_toy", "comparison"),
        ("plot_toy", "representative"),
    }
    assert found["captions"]["toy"] == "A toy, as it is."

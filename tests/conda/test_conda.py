"""``--use-conda`` without a network: each rule in its environment, with what that names.

The environments of imaging and plots are really made, from a local channel, by a stand-in for
conda. That proves the plumbing, and that the packages suffice; not that conda-forge solves them.
Started by ``make test-conda``.
"""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import tifffile
import yaml
from planning import script_rules

from rockrec_planning.code_inputs import SCRIPTS, library_code

ROOT = Path(__file__).parents[2]
TOOLS = os.environ.get("ROCKREC_CONDA_PYTHON")
ENVIRONMENTS = ("imaging", "plots")
MADE = "results/figures/res.png"  # by a rule of each environment

pytestmark = [
    pytest.mark.skipif(
        TOOLS is None, reason="py-rattler is not beside the project: `make test-conda` fetches it"
    ),
    pytest.mark.skipif(
        Path(sysconfig.get_path("purelib")).name != "site-packages",
        reason="Debian's own Python finds no packages in a copy of itself",
    ),
]
PACK = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from local_channel import make_channel
make_channel(Path(sys.argv[2]), sys.argv[3], set(sys.argv[4:]))
os._exit(0)  # threads of py-rattler may abort the interpreter as it ends
"""


def dependencies(name):
    text = (ROOT / f"envs/{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["dependencies"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which Snakemake has run a rule of each environment, and made both."""
    folder = tmp_path_factory.mktemp("conda")
    channel, conda = folder / "channel", folder / "conda"
    names = {re.split("[=<>]", one)[0] for env in ENVIRONMENTS for one in dependencies(env)}
    installed = sysconfig.get_path("purelib")
    subprocess.run(
        [TOOLS, "-c", PACK, Path(__file__).parent, channel, installed, *sorted(names)], check=True
    )
    (conda / "bin").mkdir(parents=True)
    stand_in = Path(__file__).with_name("stand_in.py")
    (conda / "bin/conda").write_text(f'#!/bin/sh\nexec {TOOLS} {stand_in} {conda} "$@"\n')
    (conda / "bin/conda").chmod(0o755)
    (conda / "bin/activate").write_text('export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"\n')

    noise = np.random.default_rng(1).random((256, 512))
    tifffile.imwrite(folder / "rock.tif", (noise < 0.3).astype(np.uint8))
    config = {
        "samples": {"rock": {"segmented": "rock.tif", "pixel_size_nm": 50}},
        "res": {"sizes": [16, 32], "squares": 4, "repeats": 2},
        "methods": {},
        "experiments": {"one": {"tiles": {"window": 64, "stride": 32, "size": 32}, "methods": []}},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "2"),
            *("--directory", folder, "--configfile", folder / "config.yaml", "--use-conda", MADE),
        ],
        env=os.environ | {"PATH": f"{conda}/bin:{os.environ['PATH']}", "LOCAL_CHANNEL": channel},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder, done.stderr


def environment_of(folder, name):
    """The prefix that Snakemake made from an environment's file."""
    text = (ROOT / f"envs/{name}.yaml").read_text(encoding="utf-8")
    for made in (folder / ".snakemake/conda").glob("*.yaml"):
        if made.read_text(encoding="utf-8") == text:
            return made.with_suffix("")
    raise AssertionError(f"no environment of envs/{name}.yaml")


def test_both_environments_are_made_and_used(finished):
    folder, said = finished
    assert (folder / MADE).stat().st_size > 1000
    for name in ENVIRONMENTS:
        prefix = environment_of(folder, name)
        assert f"Activating conda environment: .snakemake/conda/{prefix.name}" in said


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_module_of_its_rules_is_imported_by_its_own_python(finished, name):
    """Not by Snakemake, which lends a script the packages beside it."""
    folder, _ = finished
    python = environment_of(folder, name) / "bin/python"
    modules = set()
    for script in scripts_of(name):
        modules |= {path for path in library_code(script) if path.endswith(".py")}
    paths = (Path(path).relative_to(SCRIPTS).with_suffix("") for path in modules)
    names = sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)
    imports = "; ".join(f"import {one}" for one in names)
    done = subprocess.run(
        [python, "-I", "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); {imports}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(names) > 5


def scripts_of(name):
    """Scripts of the rules that name an environment."""
    return [rule.script for rule in script_rules() if rule.environment == f"envs/{name}.yaml"]


def test_an_environment_holds_no_package_of_the_others(finished):
    folder, _ = finished
    for name, foreign in (("imaging", "matplotlib"), ("imaging", "jinja2"), ("plots", "cv2")):
        python = environment_of(folder, name) / "bin/python"
        done = subprocess.run([python, "-I", "-c", f"import {foreign}"], capture_output=True)
        assert b"ModuleNotFoundError" in done.stderr

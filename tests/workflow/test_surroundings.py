"""What a user has around a run does not leak into it, or is named before it."""

import os
import subprocess
import sys

import pytest
import tifffile
from running import ROOT, run_snakemake

from rockrec.synthetic import make_rock
from rockrec_planning.surroundings import python_mistake

CONFIG = """
samples: {rock: {segmented: rock.tif, pixel_size_nm: 20}}
res: {sizes: [32, 64], squares: 4, repeats: 2}
methods: {}
experiments: {e: {tiles: {window: 64, stride: 32, size: 32}, methods: []}}
"""
# Whatever a style can do: dark, upside down, huge, and in need of what is not installed.
STYLE = """
axes.facecolor: black
savefig.facecolor: red
image.origin: lower
font.size: 25
xtick.direction: in
text.usetex: True
axes.prop_cycle: cycler('color', ['k'])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which a rock has been looked at, without a style."""
    folder = tmp_path_factory.mktemp("plain")
    tifffile.imwrite(folder / "rock.tif", make_rock("fractures", 320, 1280, seed=4).truth)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    run_snakemake(folder, FIGURE, "--cores", "1", "--configfile", folder / "config.yaml")
    return folder


FIGURE = "results/figures/res.png"


def test_a_user_s_style_changes_no_figure(folder):
    figure = folder / FIGURE
    before = figure.read_bytes()
    (folder / "matplotlibrc").write_text(STYLE, encoding="utf-8")
    figure.unlink()
    run_snakemake(folder, FIGURE, "--cores", "1", "--configfile", folder / "config.yaml")
    assert figure.read_bytes() == before


@pytest.mark.parametrize("path", ["/home/a b/.venv/bin/python", "/opt/it's/python", "/a/$b/python"])
def test_a_python_that_no_shell_finds_is_named(path):
    assert python_mistake(path).startswith(f"{path}: no job can be started by a Python")


def test_other_paths_are_let_be():
    assert python_mistake("/home/Jörg-1/py_3.12/bin/python3") is None


def test_a_space_above_the_environment_is_said_before_any_job(folder, tmp_path):
    place = tmp_path / "my rocks"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "env"], check=True)
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [
            *(place / "env/bin/python", "-m", "snakemake", "--snakefile", ROOT / "Snakefile"),
            *("--directory", folder, "--configfile", folder / "config.yaml", "--cores", "1", "-n"),
        ],
        env={**os.environ, "PYTHONPATH": libraries},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no job can be started by a Python whose path has a space" in done.stdout + done.stderr

"""The checkout's library is the one that plans and that works, whatever rockrec is installed."""

import os
import subprocess
import sys

import numpy as np
import pytest
import tifffile
import yaml
from running import ROOT

CONFIG = {
    "samples": {"rock": {"segmented": "rock.tif", "pixel_size_nm": 50}},
    "res": {"sizes": [16, 32]},
    "methods": {},
    "experiments": {"one": {"tiles": {"window": 32, "stride": 32, "size": 32}, "methods": []}},
}
TILES = "results/rock/one/tiles.csv"


@pytest.fixture
def another_rockrec(tmp_path):
    """A folder of installed packages, among them a rockrec of another version."""
    packages = tmp_path / "packages"
    (packages / "rockrec").mkdir(parents=True)
    (packages / "rockrec/__init__.py").write_text('raise ImportError("not the checkout\'s")\n')
    return packages


def test_planning_and_jobs_use_the_checkouts_library(tmp_path, another_rockrec):
    rock = np.random.default_rng(1).random((128, 320)) < 0.3
    tifffile.imwrite(tmp_path / "rock.tif", rock.astype(np.uint8))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(another_rockrec)}
    found = subprocess.run(
        [sys.executable, "-c", "import rockrec"], env=environment, capture_output=True, text=True
    )
    assert "not the checkout's" in found.stderr

    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), TILES),
        *("--configfile", "config.yaml", "--cores", "1"),
        *("--workflow-profile", str(ROOT / "profiles/default")),
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / TILES).exists()

"""A run sees what the user's files hold, whatever their time says."""

import os
import shutil

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import run_snakemake

TILES = "results/vein/e/tiles.tif"
CONFIG = {
    "samples": {"vein": {"segmented": "vein.tif", "outside": "mask.tif", "pixel_size_nm": 80}},
    "methods": {},
    "experiments": {"e": {"tiles": {"window": 48, "stride": 48, "size": 48}, "methods": []}},
    "res": {"sizes": [16, 32], "squares": 4, "repeats": 2},
}


def run(folder, *arguments, **options):
    arguments = ("--configfile", "config.yaml", "--cores", "1", *arguments)
    return run_snakemake(folder, *arguments, **options)


def wants_nothing(folder):
    return "Nothing to be done" in (done := run(folder, "-n", TILES)).stdout + done.stderr


@pytest.fixture
def folder(tmp_path):
    """A mosaic of which a fifth is the phase; another, older, of which it is the rest."""
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    vein = (np.random.default_rng(0).random((300, 900)) < 0.2).astype(np.uint8)
    tifffile.imwrite(tmp_path / "vein.tif", vein)
    tifffile.imwrite(tmp_path / "older.tif", 1 - vein)
    tifffile.imwrite(tmp_path / "mask.tif", np.zeros_like(vein))
    for name, time in (("older", 1.2e9), ("vein", 1.3e9), ("mask", 1.3e9)):
        os.utime(tmp_path / f"{name}.tif", (time, time))
    return tmp_path


def fraction(folder):
    return pd.read_csv(folder / "results/vein/e/tiles.csv")["phase_fraction"].mean()


def test_only_another_content_runs_again_and_what_is_older_does_not_go_with_it(folder):
    run(folder, TILES)
    assert wants_nothing(folder)
    for name in ("vein.tif", "mask.tif"):
        os.utime(folder / name)
    assert wants_nothing(folder)
    shutil.copy2(folder / "older.tif", folder / "vein.tif")
    # Someone who tells Snakemake to look at times alone does not mix two mosaics.
    late = run(folder, "results/vein/e/resizing.csv", "--rerun-triggers", "mtime", check=False)
    assert late.returncode
    assert "tiles.tif: was made from another content of vein.tif than there is now" in late.stderr
    assert fraction(folder) == pytest.approx(0.2, abs=0.02)
    run(folder, "results/vein/e/resizing.csv")
    assert fraction(folder) == pytest.approx(0.8, abs=0.02)
    assert wants_nothing(folder)

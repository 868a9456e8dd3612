"""A segmented mosaic from the config to what the report says of how sure it makes."""

import json

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import run_snakemake

CONFIG = {
    "samples": {"vein": {"segmented": "vein.tif", "outside": "mask.tif", "pixel_size_nm": 500}},
    "methods": {},
    "experiments": {"e": {"tiles": {"window": 48, "stride": 48, "size": 48}, "methods": []}},
    "res": {"sizes": [16, 32, 64, 96], "squares": 4, "repeats": 2},
    "precision": {"wanted": [0.1, 0.004]},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Independent pixels, a fifth of them the phase, but for the right third: a fourth."""
    folder = tmp_path_factory.mktemp("sure")
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    fraction = np.where(np.arange(900) < 600, 0.2, 0.25)
    vein = (np.random.default_rng(0).random((300, 900)) < fraction).astype(np.uint8)
    mask = np.zeros_like(vein)
    mask[:40, :50] = 255
    tifffile.imwrite(folder / "vein.tif", vein)
    tifffile.imwrite(folder / "mask.tif", mask)
    done = run_snakemake(folder, "--configfile", "config.yaml", "--cores", "1", "report")
    assert "Error" not in done.stderr
    return folder


def test_the_files_tell_the_phase_fraction_its_size_and_the_third_apart(finished):
    results = finished / "results/vein"
    told = json.loads((results / "precision/fraction.json").read_text("utf-8"))
    vein, mask = (tifffile.imread(finished / f"{name}.tif") for name in ("vein", "mask"))
    assert told["sampling"]["value"] == pytest.approx(vein[mask == 0].mean())
    assert told["sampling"]["pixels"] == (mask == 0).sum()
    assert told["with_segmentation"] is None
    sizes = pd.read_csv(results / "precision/sizes.csv")
    assert set(sizes["quantity"]) == {"phase_fraction", "S2", "L"}
    assert set(sizes["share"]) == {0.1, 0.004}
    tests = pd.read_csv(results / "precision/stationarity.csv").set_index(["test", "where"])
    assert tests.loc[("third", "right third"), "p_adjusted"] < 0.001
    assert pd.read_csv(results / "precision/curves.csv")["n"].gt(0).all()
    references = pd.read_csv(results / "res/references.csv")
    assert set(references["largest_px"]) == {32, 64, 96}


def test_the_report_says_it_before_any_comparison(finished):
    page = (finished / "results/report.html").read_text(encoding="utf-8")
    said = page.index("The mosaic is not one rock")
    assert page.index("φ = 2") < said < page.index('<h2 id="run">')
    assert "The right third differs from the rest: φ = 2" in page
    assert "how sure the mosaic makes of its rock" in page
    assert "a mosaic of" in page and "would be needed" in page

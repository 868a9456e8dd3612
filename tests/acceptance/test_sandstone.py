"""The whole chain on a real BSE mosaic, labels from a part of its mask, the rest kept to score."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import CORES, run_snakemake

DATA = os.environ.get("ROCKREC_TEST_DATA")
pytestmark = pytest.mark.skipif(
    not DATA, reason="ROCKREC_TEST_DATA names no folder with the sandstone mosaic"
)
LABELLED_WIDTH = 1200  # labels come from the columns left of this, scores from those right of it
PATCHES, PATCH = 80, 24


def paint(mask):
    """Labels in small patches of the left part, as if painted: 1 = pore, 2 = grain."""
    rng = np.random.default_rng(5)
    labels = np.zeros(mask.shape, np.uint8)
    for _ in range(PATCHES):
        row = rng.integers(0, mask.shape[0] - PATCH)
        column = rng.integers(0, LABELLED_WIDTH - PATCH)
        window = slice(row, row + PATCH), slice(column, column + PATCH)
        labels[window] = np.where(mask[window] == 1, 1, 2)
    return labels


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sandstone")
    mask = tifffile.imread(Path(DATA, "sandstone_bse", "pores.tif"))
    tifffile.imwrite(folder / "labels.tif", paint(mask))
    config = yaml.safe_load(Path(__file__).with_name("sandstone.yaml").read_text(encoding="utf-8"))
    sample = config["samples"]["sandstone"]
    sample["mosaic"] = str(Path(DATA, "sandstone_bse", "mosaic.tif"))
    sample["labels"] = str(folder / "labels.tif")
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    run_snakemake(folder, "--configfile", folder / "config.yaml", "--cores", CORES)
    return folder / "results", mask


def test_unseen_part_is_segmented_as_the_mask_says(finished):
    results, mask = finished
    found = tifffile.imread(results / "sandstone/mosaic/segmented.tif")[:, LABELLED_WIDTH:] == 1
    wanted = mask[:, LABELLED_WIDTH:] == 1
    iou = (found & wanted).sum() / (found | wanted).sum()
    assert iou > 0.75
    assert found.mean() == pytest.approx(wanted.mean(), rel=0.15)


def test_tiles_are_unresized_and_enough(finished):
    results, _ = finished
    tiles = pd.read_csv(results / "sandstone/comparison/tiles.csv")
    assert (tiles["split"] == "heldout").sum() >= 128
    row, column = tiles.loc[40, ["row", "column"]]
    segmented = tifffile.imread(results / "sandstone/mosaic/segmented.tif") == 1
    stack = tifffile.imread(results / "sandstone/comparison/tiles.tif")
    assert np.array_equal(stack[40], segmented[row : row + 128, column : column + 128])


def test_annealing_meets_its_targets(finished):
    """Fitted to training tiles one by one, the set's S2 and phase fraction are the rock's."""
    results, _ = finished
    errors = pd.read_csv(results / "sandstone/comparison/errors.csv")
    sa = errors.query("method == 'sa' and against == 'train' and form == 'mean'")
    sa = sa.set_index("descriptor")
    assert sa.loc["S2", "targeted"] and sa.loc["phase_fraction", "targeted"]
    assert sa.loc["S2", "ratio"] < 2
    assert sa.loc["phase_fraction", "ratio"] < 2


def test_figures_and_report_are_made(finished):
    results, _ = finished
    assert (results / "report.html").exists()
    assert (results / "figures/comparison/polytope_curves.pdf").exists()

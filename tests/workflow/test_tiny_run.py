"""A real run from a raw mosaic to errors at a tiny size: repeatable, and never twice the work."""

import hashlib
import json
import re

import pandas as pd
import pytest
import tifffile
from running import CORES, ROOT, run_snakemake

from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.scalars import DIFFUSIVITIES, WIDTHS

TINY = ROOT / "tests/tiny.yaml"
ROCK = "results/meta_igneous"
TARGETS = (
    "results/figures/segmentation.png",
    "results/figures/representative/latent_space.png",
    *(f"results/figures/comparison/{name}.png" for name in ("novelty", "mosaics")),
    *(f"{ROCK}/comparison/{name}.csv" for name in ("errors", "pores", "diagnosis")),
    *(f"results/figures/comparison/{name}.png" for name in ("transport", "widths")),
    *(f"{ROCK}/representative/{method}/1/model.pt" for method in ("dcgan", "wgan_gp")),
)
ERROR_COLUMNS = {
    *("method", "replicate", "against", "descriptor", "quantity", "form", "boundary", "lags"),
    *("n_a", "n_b", "targeted", "error", "floor", "ratio", "ratio_low", "ratio_high"),
    *("p", "verdict", "one_phase_a", "one_phase_b", "phi_sd_a", "phi_sd_b"),
    "tiles_needed",
}


def run(folder, *arguments, **options):
    return run_snakemake(folder, "--configfile", TINY, "--cores", CORES, *arguments, **options)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which the targets were made."""
    folder = tmp_path_factory.mktemp("tiny")
    done = run(folder, *TARGETS)
    (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folder


def test_no_file_is_partial(finished):
    assert (finished / "results/figures/segmentation.png").stat().st_size > 1000
    assert not list(finished.rglob("*.partial"))


def test_the_run_ends_with_a_table_of_times(finished):
    said = (finished / "said.txt").read_text(encoding="utf-8")
    assert re.search(r"^train_unet +1 +\d", said, re.MULTILINE)
    assert "The report:" not in said, "none was asked for"


def test_errors_hold_every_method_and_the_row_real(finished):
    errors = pd.read_csv(finished / "results/meta_igneous/comparison/errors.csv")
    assert set(errors.columns) == ERROR_COLUMNS
    assert set(errors["method"]) == {"real", "sa", "sa_mean", "sa_mended", "quilting", "wgan_gp"}
    assert set(errors["descriptor"]) >= {
        *("S2", "S2H", "S2V", "P3H", "P3V", "P4", "P6", "L", "euler_number", "perimeter"),
        *("percolation_x", "percolation_y", "pore_area", "pore_orientation"),
        *DIFFUSIVITIES,
        *WIDTHS,
    }
    annealed = errors.query("method == 'sa' and against == 'heldout'").set_index(
        ["descriptor", "quantity", "form"]
    )
    assert annealed.loc["S2", "targeted"].all()
    assert not annealed.loc["P6", "targeted"].any()
    quilted = errors.query("method == 'quilting' and targeted")
    assert set(quilted["descriptor"]) == {"phase_fraction", "perimeter"}


def test_tiles_keep_the_phase_fraction_of_the_mosaic(finished):
    tiles = pd.read_csv(finished / ROCK / "comparison/tiles.csv")
    assert set(tiles["split"]) == {"train", "validation", "heldout", "gap"}
    assert not tiles.loc[tiles["split"] == "gap", "disjoint"].any()
    assert tiles.loc[tiles["split"].isin(["validation", "heldout"]), "disjoint"].all()
    mosaic = tifffile.imread(finished / ROCK / "mosaic/segmented.tif") == 1
    assert tiles["phase_fraction"].mean() == pytest.approx(mosaic.mean(), abs=0.02)


def test_a_network_that_two_experiments_want_is_trained_once(finished):
    results = finished / "results/meta_igneous"
    models = [results / e / "wgan_gp/1/model.pt" for e in ("comparison", "representative")]
    assert digest(models[0]) == digest(models[1])
    checkpoints = list((finished / "results/checkpoints/meta_igneous").glob("wgan_gp-*"))
    assert len(checkpoints) == 1


def test_faults_are_looked_for_in_every_method_and_in_real_tiles(finished):
    faults = pd.read_csv(finished / ROCK / "comparison/diagnosis.csv")
    assert set(faults["method"]) == {"real", "sa", "sa_mean", "sa_mended", "quilting", "wgan_gp"}
    assert {"edge_excess", "memorised_tiles"} <= set(faults["diagnosis"])


def test_what_is_copied_is_told_of_every_method(finished):
    novelty = pd.read_csv(finished / ROCK / "comparison/novelty.csv")
    assert set(novelty["method"]) == {"real", "sa", "sa_mean", "sa_mended", "quilting", "wgan_gp"}
    assert set(novelty["side_px"]) <= {16, 24} and 24 in set(novelty["side_px"])
    with_control = novelty.dropna(subset="copied_control")
    assert (with_control["copied_control"] > 0.9).all()


def test_a_mosaic_is_drawn_where_it_is_asked_for(finished):
    path = finished / ROCK / "comparison/quilting/1/mosaic.tif"
    with tifffile.TiffFile(path) as file:
        assert file.series[0].shape == (100, 150)
        assert file.pages[0].is_tiled
    record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    drawn = tifffile.imread(path)
    assert record["phase_fraction"] == pytest.approx(drawn.mean())
    assert drawn.max() == 1
    assert [p.parent.parent.name for p in finished.rglob("mosaic.json")] == ["quilting"]


def test_beside_each_set_of_realisations_stands_where_it_comes_from(finished):
    sets = list(finished.rglob("results/**/realisations.tif"))
    assert sets
    for path in sets:
        record = json.loads(path.with_name("provenance.json").read_text("utf-8"))
        assert record["settings"]["kind"] in KINDS
        assert isinstance(record["seed"], int)
        assert record["revision"]
        assert {"rockrec", "python", "numpy"} <= set(record["versions"])
        assert all(record["machine"][fact] for fact in ("host", "system", "processor"))
        experiment = path.parents[2].relative_to(finished)
        assert f"{experiment}/tiles.tif" in record["inputs"]
        for name, digest_then in record["inputs"].items():
            assert digest(finished / name) == digest_then


def test_larger_realisations_are_compared_in_pieces_of_a_tile(finished):
    folder = finished / "results/meta_igneous/comparison"
    assert tifffile.imread(folder / "sa_mean/1/realisations.tif").shape == (5, 64, 64)
    errors = pd.read_csv(folder / "errors.csv")
    of_method = errors[errors["method"] == "sa_mean"]
    assert set(of_method["n_a"]) == {20}
    assert errors.query("method == 'sa' and against == 'heldout'")["phi_sd_a"].iloc[0] > 0


def test_more_realisations_cost_only_the_new_ones(finished, tmp_path):
    stack = finished / "results/meta_igneous/comparison/sa/1/realisations.tif"
    before = tifffile.imread(stack)
    text = TINY.read_text(encoding="utf-8").replace("realisations: 40", "realisations: 43")
    edited = tmp_path / "more.yaml"
    edited.write_text(text.replace("annealing_jobs: 2", "annealing_jobs: 1"), encoding="utf-8")
    asked = "results/meta_igneous/comparison/sa/1/realisations.tif"
    run_snakemake(finished, "--configfile", edited, "--cores", CORES, asked)
    after = tifffile.imread(stack)
    assert len(after) == 43
    assert (after[:40] == before).all()
    log = finished / "logs/meta_igneous/comparison/sa/1/annealed/1of1/anneal.log"
    assert "40 of 43 realisations were finished before" in log.read_text(encoding="utf-8")
    run(finished, asked)


@pytest.mark.parametrize(
    "made", ["representative/dcgan/1/model.pt", "comparison/sa/1/realisations.tif"]
)
def test_what_is_made_anew_without_its_checkpoints_has_the_same_bytes(finished, tmp_path, made):
    model = finished / "results/meta_igneous" / made
    before = digest(model)
    checkpoints = finished / "results/checkpoints/meta_igneous"
    checkpoints.rename(tmp_path / "checkpoints")
    run(finished, "--force", str(model.relative_to(finished)))
    assert digest(model) == before


def test_each_tile_conducts_once_and_isolated_pores_have_no_verdict(finished):
    transport = pd.read_csv(finished / ROCK / "comparison/transport.csv")
    assert not transport.duplicated(["source", "tile"]).any()
    assert set(transport["source"]) >= {"heldout", "train", "sa/1", "quilting/1", "wgan_gp/1"}
    errors = pd.read_csv(finished / ROCK / "comparison/errors.csv")
    lines = errors[errors["descriptor"].isin(["diffusivity_x", "diffusivity_y"])]
    assert set(lines["verdict"]) <= {"not defined", "too few tiles"}


def test_which_pores_count_concerns_the_comparison_and_no_reconstruction(finished, tmp_path):
    text = TINY.read_text(encoding="utf-8") + "\npores: {drop_border: true}\n"
    edited = tmp_path / "edited.yaml"
    edited.write_text(text, encoding="utf-8")
    planned = run_snakemake(finished, "--configfile", edited, "--dry-run", *TARGETS).stdout
    for rule in ("train_gan", "anneal", "train_unet", "describe_tiles", "diagnose"):
        assert not re.search(rf"^{rule} ", planned, re.MULTILINE)
    for rule in ("measure_pores", "compare"):
        assert re.search(rf"^{rule} +1", planned, re.MULTILINE)


def test_an_error_of_a_stage_names_file_and_reason(finished, tmp_path):
    """A phase that no pixel has: refused by the stage that reads the mosaic."""
    text = TINY.read_text(encoding="utf-8")
    text = text.replace("pixel_size_nm: 50\n", "pixel_size_nm: 50\n    phase: 2\n", 1)
    segmented = finished / "results/meta_igneous/mosaic/segmented.tif"
    config = tmp_path / "phase.yaml"
    config.write_text(
        re.sub(
            r"  meta_igneous:\n(    .*\n)+",
            f"  meta_igneous:\n    segmented: {segmented}\n    phase: 9\n    pixel_size_nm: 50\n",
            text,
        ),
        encoding="utf-8",
    )
    target = "results/meta_igneous/comparison/tiles.tif"
    done = run_snakemake(tmp_path, "--configfile", config, "--cores", CORES, target, check=False)
    assert done.returncode == 1
    said = f"samples.meta_igneous.phase: 9 is none of the values of {segmented}, which are 1: "
    assert said in done.stderr + done.stdout
    assert str(segmented) in done.stderr + done.stdout
    assert not (tmp_path / target).exists()


@pytest.mark.parametrize(
    ("made", "again"),
    [
        # The last stage first: what is made anew calls for all that follows from it.
        ("meta_igneous/comparison/errors.csv", ["comparison/errors.csv"]),
        ("meta_igneous/unet/model.pt", ["unet/model.pt", "unet/scores.csv"]),
        ("meta_igneous/mosaic/denoised.tif", ["mosaic/denoised.tif"]),
        ("meta_igneous/mosaic/raw.tif", ["mosaic/raw.tif", "mosaic/labels.tif"]),
    ],
)
def test_same_seed_same_bytes(finished, made, again):
    paths = [finished / "results/meta_igneous" / name for name in again]
    before = [digest(path) for path in paths]
    run(finished, "--force", f"results/{made}")
    assert [digest(path) for path in paths] == before

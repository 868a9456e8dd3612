"""The paper's config really runs, at a small size: from published mosaics to figures and tables."""

import hashlib
import re
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
from running import CORES, ROOT, jobs, run_snakemake

from rockrec.claims.assess import CLAIMS
from rockrec.gans.sampling import load_model
from rockrec.synthetic import make_rock

CONFIGS = (ROOT / "config/paper.yaml", ROOT / "tests/paper_small.yaml", "addresses.yaml")
ROCKS = {"meta_igneous": ("pores", 1280), "serpentinite": ("fractures", 1792)}
EXPERIMENTS = {"comparison": tuple(ROCKS), "representative": ("meta_igneous",)}
OF_EXPERIMENT = (
    *("shapes", "history", "realisations", "polytope_curves", "repetition", "lineal_path"),
    *("pores", "transport", "widths", "resizing", "strip", "novelty"),
)
OF_SAMPLE = ("descriptors", "diversity")
TABLES = ("architectures", "settings", "costs", "errors", "faults")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Both mosaics in one archive, as a repository would serve them: its address and checksum."""
    folder = tmp_path_factory.mktemp("published")
    with zipfile.ZipFile(folder / "mosaics.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for seed, (name, (kind, width)) in enumerate(ROCKS.items()):
            truth = make_rock(kind, 384, width, seed).truth == 1
            tifffile.imwrite(folder / f"{name}.tif", truth.astype(np.uint8))
            archive.write(folder / f"{name}.tif", f"data/{name}.tif")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    checksum = hashlib.sha256((folder / "mosaics.zip").read_bytes()).hexdigest()
    yield f"http://127.0.0.1:{server.server_port}/mosaics.zip", checksum
    server.shutdown()
    server.server_close()


def addressed(folder, url, checksum, name="addresses.yaml"):
    """Write where the mosaics are to be found, as a user would add it to the config."""
    samples = {
        sample: {"archive": {"url": url, "sha256": checksum, "member": f"data/{sample}.tif"}}
        for sample in ROCKS
    }
    (folder / name).write_text(yaml.safe_dump({"samples": samples}), encoding="utf-8")


def run(folder, *arguments, configs=CONFIGS, **options):
    return run_snakemake(folder, "--configfile", *configs, "--cores", CORES, *arguments, **options)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, published):
    """A folder in which everything was made, but for mosaics that were fetched."""
    folder = tmp_path_factory.mktemp("paper")
    addressed(folder, *published)
    done = run(folder)
    (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folder


def figures():
    """Stems of all figures under results/figures."""
    yield "res"
    for experiment, samples in EXPERIMENTS.items():
        yield from (f"{experiment}/{name}" for name in OF_EXPERIMENT)
        yield from (f"{experiment}/{sample}/{name}" for sample in samples for name in OF_SAMPLE)


def test_every_figure_is_there_and_none_is_a_placeholder(finished):
    made = {path.with_suffix("") for path in (finished / "results/figures").rglob("*.*")}
    assert made == {finished / "results/figures" / stem for stem in figures()}
    for stem in figures():
        for kind in ("pdf", "png"):
            assert (finished / f"results/figures/{stem}.{kind}").stat().st_size > 1000
    logs = "".join(path.read_text("utf-8") for path in (finished / "logs/figures").rglob("*.log"))
    assert "plot_history: done" in logs
    assert "nothing to show" not in logs


def test_every_table_is_there_and_full(finished):
    tables = finished / "results/tables"
    for name in (*(f"{e}_{table}" for e in EXPERIMENTS for table in TABLES), "claims"):
        assert len(pd.read_csv(tables / f"{name}.csv")) > 1
        assert (tables / f"{name}.html").stat().st_size > 500
    claims = pd.read_csv(tables / "claims.csv")
    assert set(claims["claim"]) == {claim.name for claim in CLAIMS}
    tested = claims.loc[claims["number"].notna(), "claim"]
    assert {"higher_orders", "rounder_pores", "fracture_width", "speed_up", "collapse"} <= set(
        tested
    )


def test_tables_hold_the_numbers_of_the_files_they_are_made_from(finished):
    results = finished / "results"
    layers = pd.read_csv(results / "tables/representative_architectures.csv")
    for method in ("dcgan", "stylegan2_ada"):
        model = load_model(results / f"meta_igneous/representative/{method}/1/model.pt")
        listed = layers[(layers["method"] == method) & (layers["network"] == "generator")]
        weights = [len(w.flatten()) for w in model.generator.parameters()]
        assert listed["parameters"].sum() == sum(weights)
    costs = pd.read_csv(results / "tables/comparison_costs.csv").set_index(["sample", "method"])
    history = pd.read_csv(results / "serpentinite/comparison/wgan_gp/1/history.csv")
    line = costs.loc[("serpentinite", "wgan_gp")]
    assert line["training_hours"] * 3600 == pytest.approx(history["seconds"].iloc[-1])
    assert line["kept_step"] == history.loc[history["kept"], "step"].item()


def test_the_mosaics_are_the_published_ones_and_the_archive_is_gone(finished):
    mosaic = tifffile.imread(finished / "resources/serpentinite.tif")
    assert np.array_equal(mosaic == 1, make_rock("fractures", 384, 1792, 1).truth == 1)
    assert not list((finished / "resources").rglob("*.zip"))


def test_the_report_tells_the_story(finished):
    html = (finished / "results/report.html").read_text(encoding="utf-8")
    assert html.count("<img ") == len(list(figures()))
    assert not re.search(r'(src|href)="(?!data:|#)', html)
    for expected in (
        *("paper.yaml, paper_small.yaml, addresses.yaml", "entered as a segmented mosaic"),
        *("times the floor", "The paper&#39;s statements", "What to change next"),
    ):
        assert expected in html or expected.replace("&#39;", "'") in html


def test_the_run_says_where_the_report_is(finished):
    assert "The report: results/report.html" in (finished / "said.txt").read_text(encoding="utf-8")


def test_a_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in run(finished).stderr


def test_a_mosaic_that_was_placed_is_nobodys_output(finished):
    """Neither a changed address nor a forced run touches it."""
    addressed(finished, "http://127.0.0.1:9/other.zip", "0" * 64, "moved.yaml")
    planned = run(finished, "--dry-run", "--forceall", configs=(*CONFIGS[:2], "moved.yaml"))
    assert not {"fetch_archive", "unpack_mosaic"} & set(jobs(planned))


def test_more_realisations_retrain_nothing(finished):
    more = {"methods": {"wgan_gp": {"realisations": 60}}}
    (finished / "more.yaml").write_text(yaml.safe_dump(more), encoding="utf-8")
    planned = jobs(run(finished, "--dry-run", configs=(*CONFIGS, "more.yaml")))
    assert planned["sample_gan"] == 3
    assert planned["describe_realisations"] == 3
    assert not {"train_gan", "anneal", "cut_tiles"} & set(planned)


@pytest.mark.parametrize(
    ("key", "value", "figures"),
    [
        ("diversity_tiles", 9, {"plot_diversity": 3}),
        ("quantity", "F", {"plot_polytope_curves": 2, "plot_descriptors": 3}),
    ],
)
def test_a_figures_key_redraws_that_figure_alone(finished, key, value, figures):
    (finished / "edited.yaml").write_text(yaml.safe_dump({"figures": {key: value}}))
    planned = jobs(run(finished, "--dry-run", configs=(*CONFIGS, "edited.yaml")))
    planned.pop("total")
    assert planned == figures | {"make_report": 1, "everything": 1}


def test_snakemakes_own_report_has_captions_categories_and_labels(finished):
    run(finished, "--report", "snakemake.html")
    html = (finished / "snakemake.html").read_text(encoding="utf-8")
    for expected in ("comparison", "representative", "polytope curves", "claims", "Table S1"):
        assert expected in html


def test_a_mosaic_that_cannot_be_fetched_says_how_to_place_it(tmp_path):
    target = "results/meta_igneous/res/errors.csv"
    done = run(tmp_path, target, configs=CONFIGS[:2], check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "resources/meta_igneous.tif is not there and cannot be fetched" in said
    assert "By hand: open https://public.yoda.uu.nl/geo/UU01/ACSDR4.html" in said


def test_an_archive_with_another_checksum_is_refused(tmp_path, published):
    addressed(tmp_path, published[0], "0" * 64)
    done = run(tmp_path, "results/meta_igneous/res/errors.csv", check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert published[1] in said
    assert "resources/meta_igneous.tif and resources/serpentinite.tif" in said
    assert not list((tmp_path / "resources").rglob("*.tif"))

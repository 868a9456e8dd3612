"""The paper's config: every figure and table of the paper, its settings with their sources."""

import re

import pytest
import yaml
from running import ROOT, jobs, run_snakemake

from rockrec_settings.mosaics import count_windows
from rockrec_settings.resolve import resolve

PAPER = ROOT / "config/paper.yaml"
SMALL = ROOT / "tests/paper_small.yaml"
MOSAICS = {"meta_igneous": (17_920, 54_784), "serpentinite": (15_000, 30_000)}
# Which rule makes which figure and table of the paper, and how often.
FIGURES = {
    "1": ("plot_shapes", 2),
    "2": ("plot_history", 2),
    "3": ("plot_realisations", 2),
    "4": ("plot_polytope_curves", 2),
    "5": ("plot_res", 1),
    "6": ("plot_repetition", 2),
    "7": ("plot_lineal_path", 2),
    "8": ("plot_pores", 2),
    "9, 10": ("plot_descriptors", 4),
    "S1": ("plot_diversity", 4),
}
TABLES = {
    "S1": ("make_architectures_table", 2),
    "S2": ("make_settings_table", 2),
    "S3, S4": ("make_errors_table", 2),
    "costs": ("make_costs_table", 2),
    "claims": ("make_claims_table", 1),
}
# What a run in minutes may change: mosaics and how many, sizes, counts and steps; and `run`, which
# changes no number.
MAY_DIFFER = {
    *("segmented", "url", "sha256", "member", "samples"),
    *("sizes", "latent", "channels", "window", "stride", "size"),
    *("squares", "repeats", "realisations", "batch", "check_tiles", "limit", "set_size"),
    *("permutations", "tiles"),
    *("stages", "steps", "check_every"),
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The jobs of the paper's config in an empty folder: no mosaic is there yet."""
    folder = tmp_path_factory.mktemp("paper")
    done = run_snakemake(folder, "--dry-run", "--configfile", PAPER)
    return jobs(done), done.stdout + done.stderr


@pytest.fixture(scope="module")
def settings():
    return resolve(yaml.safe_load(PAPER.read_text(encoding="utf-8")))


@pytest.mark.parametrize("number", FIGURES)
def test_every_figure_of_the_paper_is_planned(planned, number):
    rule, times = FIGURES[number]
    assert planned[0][rule] == times


@pytest.mark.parametrize("number", TABLES)
def test_every_table_of_the_paper_is_planned(planned, number):
    rule, times = TABLES[number]
    assert planned[0][rule] == times


def test_the_rocks_are_the_papers_and_none_of_the_demo(planned):
    assert "make_synthetic_rock" not in planned[0]
    assert planned[0]["unpack_mosaic"] == planned[0]["analyse_res"] == 2


def test_a_line_before_the_run_tells_jobs_disk_and_gpu_hours(planned):
    line = re.search("Before the run: (.*)", planned[1])[1]
    assert line.startswith(f"{planned[0]['total']} jobs; about ")
    assert re.search(r"to write, \S+ .B free; about [\d,]+ GPU hours", line)
    assert "tiles of meta_igneous, serpentinite, whose mosaic is not here yet" in line


def test_the_methods_are_those_that_the_paper_compares(settings):
    methods = {name: block["methods"] for name, block in settings["experiments"].items()}
    assert methods["comparison"] == ["sa", "wgan_gp"]
    assert methods["representative"][:3] == ["dcgan", "wgan_gp", "stylegan2_ada"]
    one, other = (settings["methods"][f"stylegan2_ada{more}"] for more in ("", "_9100"))
    assert {key for key in one if one[key] != other[key]} == {"limit"}


def counts(settings, experiment):
    return {
        sample: count_windows(settings, experiment, sample, shape)
        for sample, shape in MOSAICS.items()
    }


def test_the_papers_numbers_of_windows(settings):
    found = counts(settings, "comparison")
    assert sum(found["meta_igneous"].values()) == 14_697
    assert sum(found["serpentinite"].values()) == 10_150


@pytest.mark.parametrize("experiment", ["comparison", "representative"])
def test_verdicts_rest_on_128_tiles_that_do_not_overlap(settings, experiment):
    assert all(found["heldout"] >= 128 for found in counts(settings, experiment).values())


def test_the_representative_size_has_as_many_training_windows_as_the_paper_used(settings):
    assert all(found["train"] >= 9100 for found in counts(settings, "representative").values())
    tiles = settings["experiments"]["representative"]["tiles"]
    assert tiles["window"] == tiles["size"] == 512
    assert tiles["per_sample"]["serpentinite"]["window"] == 1024
    limits = {name: method.get("limit") for name, method in settings["methods"].items()}
    assert limits["dcgan"] == limits["wgan_gp"] == limits["stylegan2_ada_9100"] == 9100
    assert limits["stylegan2_ada"] == 5600


def test_every_setting_has_its_source_or_is_called_our_choice():
    setting = re.compile(r"^ +(?!kind|segmented|archive|methods|device|decay_to)\w+: [^&]+$")
    lines = PAPER.read_text(encoding="utf-8").splitlines()
    without = [
        line
        for before, line in zip(lines, lines[1:], strict=False)
        if setting.match(line) and "#" not in line and not before.lstrip().startswith("#")
    ]
    assert not without


def leaves(block, path=()):
    for key, value in block.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def test_the_small_run_changes_only_mosaics_sizes_counts_and_steps():
    small = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    paper = yaml.safe_load(PAPER.read_text(encoding="utf-8"))
    changed = [path for path in leaves(small) if path[0] != "run"]
    assert {path[-1] for path in changed} <= MAY_DIFFER
    known = set(leaves(resolve(paper)))
    assert {path for path in changed if "per_sample" not in path} <= known
    for block in ("methods", "experiments", "samples"):
        assert set(small[block]) == set(paper[block])

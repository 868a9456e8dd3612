"""What a run has files of: each reconstruction once, in the config's order, under its own name."""

import copy

import pytest
import yaml
from running import ROOT

from rockrec.plain.records.figures import FIGURES
from rockrec.plain.records.files import Files
from rockrec.plain.records.tables import TABLES
from rockrec_planning.reconstructions import (
    owners,
    paths,
    reconstructions,
    rocks,
    scenes,
    shown_figures,
    shown_tables,
    whose,
)
from rockrec_settings.resolve import resolve

DEMO = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
MODELS = Files("model.pt", "reconstruction", that="is_network")


@pytest.fixture
def settings():
    """The demo, its annealing in two replicates, one rock's StyleGAN2 asked for a film."""
    config = copy.deepcopy(DEMO)
    config["methods"]["sa"]["replicates"] = 2
    config["methods"]["stylegan2_ada"]["per_sample"]["serpentinite"]["interpolation"] = 4
    return resolve(config)


def test_they_come_by_experiment_sample_method_and_replicate(settings):
    found = list(reconstructions(settings, "comparison"))
    names = [(one.sample, one.method, one.replicate) for one in found]
    assert names == [
        (sample, method, replicate)
        for sample in ("meta_igneous", "serpentinite")
        for method, replicates in (("sa", 2), ("sa_pn", 1), ("quilting", 1), ("wgan_gp", 1))
        for replicate in range(1, replicates + 1)
    ]
    everywhere = list(reconstructions(settings))
    assert everywhere[: len(found)] == found
    assert {one.experiment for one in everywhere[len(found) :]} == {"representative"}


def test_its_files_lie_under_its_names(settings):
    second = list(reconstructions(settings, "comparison", "serpentinite"))[1]
    assert (second.label, second.kind) == ("sa/2", "sa")
    wanted = "results/serpentinite/comparison/sa/2/realisations.tif"
    assert second.file("realisations.tif") == wanted


def test_some_are_had_by_what_their_kind_can_do_or_by_what_is_asked_of_them(settings):
    networks = reconstructions(settings, "comparison", that="is_network")
    assert {one.kind for one in networks} == {"wgan_gp"}
    films = list(reconstructions(settings, asked="interpolation"))
    assert [(one.sample, one.method) for one in films] == [("serpentinite", "stylegan2_ada")]


def test_files_and_those_whose_they_are_come_in_the_same_order(settings):
    which = {"experiment": "representative", "sample": "meta_igneous"}
    named = whose(settings, {"models": MODELS}, **which)["models"]
    assert paths(settings, MODELS, **which) == [
        "results/{}/{}/{}/{}/model.pt".format(*names) for names in named
    ]
    assert len(named) == 3


def test_a_rock_is_gray_unless_it_came_segmented(settings):
    settings["samples"]["third"] = {"segmented": "third.tif", "pixel_size_nm": 5, "phase": 1}
    assert [rock.sample for rock in rocks(settings, "is_gray")] == ["meta_igneous", "serpentinite"]
    assert len(list(rocks(settings))) == 3


def test_an_experiment_of_some_samples_has_scenes_of_these_alone(settings):
    settings["experiments"]["comparison"]["samples"] = ["serpentinite"]
    assert [one.sample for one in scenes(settings, "comparison")] == ["serpentinite"]
    assert not owners(settings, Files("tiles.tif", "scene"), "comparison", "meta_igneous")


def test_what_would_show_nothing_is_left_out(settings):
    def names(shown, experiment):
        return {one.record.name for one in shown if one.experiment == experiment}

    films = names(shown_figures(settings), "representative")
    assert "latent_space" in films and "strip" in films
    settings["experiments"]["comparison"]["methods"] = ["sa"]
    assert not names(shown_figures(settings), "comparison") & {"latent_space", "strip"}
    assert "architectures" not in names(shown_tables(settings), "comparison")
    assert "history" in names(shown_figures(settings), "comparison")
    for sample in settings["samples"].values():
        sample["segmented"] = sample.pop("synthetic")
    assert "segmentation" not in names(shown_figures(settings), "")


def test_no_two_figures_or_tables_have_the_same_files(settings):
    stems = [one.stem for one in (*shown_figures(settings), *shown_tables(settings))]
    assert len(set(stems)) == len(stems)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_beside_a_figures_record_stand_module_script_and_caption(figure):
    scripts = ROOT / "workflow/scripts"
    assert (scripts / f"rockrec/figures/{figure.name}.py").is_file()
    script = (scripts / f"plot_{figure.name}.py").read_text(encoding="utf-8")
    assert f"from rockrec.figures.{figure.name} import" in script
    assert caption(figure)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_beside_a_tables_record_stand_script_and_caption(table):
    script = ROOT / f"workflow/scripts/make_{table.name}_table.py"
    assert "output.html" in script.read_text(encoding="utf-8")
    assert caption(table)


def caption(record):
    return (ROOT / f"workflow/report/{record.name}.rst").read_text(encoding="utf-8").strip()

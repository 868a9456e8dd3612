"""An edited key reruns what the table of docs/reruns.md says, no less and no more."""

import copy
import os
import re
import shutil
import time
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
import tifffile
from edits import all_keys, edit, keys_of
from planning import Plan, dag_of, finish
from running import ROOT

from rockrec.plain.records.kinds import KINDS, NETWORKS
from rockrec_planning import code_inputs
from rockrec_settings.resolve import resolve

TRAINING = {"train_gan", "train_unet", "train_forest", "train_shared_forest"}
# What a method of a kind has to have, or that no rule runs without.
OFF_BY_DEFAULT = {
    "external": {"stack": "stack.tif"},
    "quilting": {"draw": [64, 128]},
    "endless": {"draw": [64, 128]},
    "stylegan2_ada": {"interpolation": 8, "project": [0, 1]},
}


def stated():
    """Yield rows of the table: patterns of keys, rules that run again, keys that rerun nothing."""
    text = (ROOT / "docs/reruns.md").read_text(encoding="utf-8")
    table = text.split("| key | runs again")[1].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield [re.findall("`([^`]+)`", cell) for cell in line.strip("|").split("|")]


def rules_of(pattern):
    """The rules that the table states for a key; None for one that changes no number."""
    rows = [
        (len(stated_pattern), effect)
        for keys, rules, silent in stated()
        for several, effect in ((keys, set(rules)), (silent, None))
        for stated_pattern in several
        if fnmatchcase(pattern, stated_pattern)
    ]
    assert rows, f"docs/reruns.md has no row for {pattern}"
    return max(rows, key=lambda row: row[0])[1]


def config_of_everything(folder):
    """A config that has every key of the schema somewhere, and the files that it names."""
    rng = np.random.default_rng(0)

    def write(name, shape, low=1):
        tifffile.imwrite(folder / name, rng.integers(low, low + 2, shape, np.uint8))

    for name in ("raw.tif", "labels.tif", "segmented.tif"):
        write(name, (512, 1024))
    write("field.tif", (300, 500))
    write("stack.tif", (4, 64, 64), low=0)
    tifffile.imwrite(folder / "mask.tif", np.zeros((512, 1024), np.uint8))
    (folder / "encoder.pth").write_bytes(b"")
    (folder / "points.csv").write_text("row,column\n", encoding="utf-8")
    outside = {"value": 5, "mask": "mask.tif"}
    for row in range(4):
        for column in range(6):
            write(f"t{row}_{column}.tif", (256, 256))
    with zipfile.ZipFile(folder / "trained.pt", "w") as model:  # as torch writes one
        model.writestr("data.pkl", b"")
    field = {"file": "field.tif", "row": 0, "column": 0}
    return {
        "samples": {
            "in_tiles": {
                "mosaic": "t{row}_{column}.tif",
                "grid": {"rows": 2, "columns": 4},
                "labels": [field, field | {"row": 1}],
                "classes": {1: "pore", 2: "rock"},
                "pixel_size_nm": 50.0,
            },
            "raw": {
                "mosaic": "raw.tif",
                "labels": "labels.tif",
                "outside": outside,
                "points": "points.csv",
                "pixel_size_nm": 50.0,
            },
            "given": {"mosaic": "raw.tif", "model": "raw", "pixel_size_nm": 50.0},
            "segmented": {
                "segmented": "segmented.tif",
                "outside": outside,
                "archive": {"page": "https://example.org/", "sha256": "0123456789abcdef" * 4},
                "pixel_size_nm": 50.0,
            },
            "first_look": {"mosaic": "raw.tif", "labels": "labels.tif", "pixel_size_nm": 50.0},
            "taught": {"mosaic": "raw.tif", "labels": "labels.tif", "pixel_size_nm": 50.0},
            "taught_too": {"mosaic": "raw.tif", "labels": "labels.tif", "pixel_size_nm": 50.0},
            "made": {"synthetic": "pores", "height": 512, "width": 1024, "pixel_size_nm": 50.0},
        },
        "models": {"series": {"samples": ["taught", "taught_too"]}},
        "segmentation": {
            "per_sample": {
                name: {"kind": "forest"} for name in ("first_look", "taught", "taught_too")
            }
        },
        "unet": {"encoder": "resnet18", "encoder_weights": "encoder.pth"},  # an encoder to freeze
        "res": {"sizes": [32, 64, 128]},
        "methods": {
            "guided": {"kind": NETWORKS[0], "guide": ["S2"]},
            **{kind: {"kind": kind, **OFF_BY_DEFAULT.get(kind, {})} for kind in KINDS},
        },
        "experiments": {
            "all": {
                "samples": ["raw", "made"],
                "tiles": {"window": 64, "stride": 64, "size": 64},
                "methods": list(KINDS),
            },
            "one": {
                "samples": ["in_tiles", "given", "segmented", "first_look", "made"],
                "tiles": {"window": 64, "stride": 64, "size": 32},
                "methods": ["guided"],
            },
        },
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which a run is over, as Snakemake sees it, and the settings of the run."""
    folder, before = tmp_path_factory.mktemp("reruns"), Path.cwd()
    os.chdir(folder)
    try:
        config = config_of_everything(folder)
        long_ago = time.time() - 1000
        for path in folder.iterdir():
            os.utime(path, (long_ago, long_ago))
        finish(folder, config)
        yield folder, resolve(config)
    finally:
        os.chdir(before)


def of_samples(jobs, samples):
    """Jobs that belong to one of some samples."""
    return {job for job in jobs if job[1:] and job[1] in samples}


def test_a_finished_run_wants_nothing(finished):
    assert not Plan(*finished).wanted


def test_every_key_of_the_schema_is_met(finished):
    found = {(key.owner, key.name) for key in keys_of(finished[1])}
    assert all_keys() <= found


def test_each_key_reruns_the_rules_that_are_stated(finished):
    folder, settings = finished
    touched, edited = {}, set()
    for key in keys_of(settings):
        known = touched.get(key.pattern)
        if key.path[0] == "methods" and known and known == rules_of(key.pattern):
            edited.add((key.owner, key.name))  # shown on another network
        if (key.owner, key.name) in edited:
            continue
        change = edit(settings, key, folder)
        if change is None:
            continue
        edited.add((key.owner, key.name))
        plan, rules = Plan(folder, change.config), rules_of(change.pattern)
        if rules is None:
            assert not plan.wanted, f"{key.path}: changes no number"
            continue
        found = plan.rules()
        assert found <= rules, f"{key.path}: {found - rules} run again, and need not"
        if not found:
            assert {rule for rule, *_ in plan.wanted} <= plan.drawn
        assert ("make_report",) in plan.wanted, f"{key.path}: the report does not tell of it"
        if change.sample:
            others = set(settings["samples"]) - {change.sample}
            assert not of_samples(plan.touched, others), f"{key.path}: touches another sample"
        touched.setdefault(change.pattern, set()).update(found)
    for pattern, found in touched.items():
        assert found == rules_of(pattern), f"{pattern}: {rules_of(pattern) - found} do not run"
    assert all_keys() <= edited, "keys that no edit was found for"


def test_every_row_of_the_table_speaks_of_a_key(finished):
    patterns = {key.pattern for key in keys_of(finished[1])}
    for keys, _, silent in stated():
        for stated_pattern in keys + silent:
            assert any(fnmatchcase(pattern, stated_pattern) for pattern in patterns), stated_pattern


def test_what_only_looks_different_reruns_nothing(finished):
    """Keys in another order, defaults written out or left out, 50 for 50.0."""
    folder, settings = finished

    def disguised(value):
        if isinstance(value, dict):
            items = [(key, disguised(item)) for key, item in value.items()]
            own_names = any(
                value.keys() <= settings[kind].keys()
                for kind in ("samples", "methods", "experiments")
            )
            return dict(items if own_names else reversed(items))
        if isinstance(value, list):
            return list(map(disguised, value))
        if isinstance(value, float):
            return int(value) if value.is_integer() else f"{value:e}"
        return value

    assert not Plan(folder, disguised(settings)).wanted


def test_a_new_sample_touches_no_other(finished):
    folder, settings = finished
    changed = copy.deepcopy(settings)
    changed["samples"]["new"] = settings["samples"]["made"]
    plan = Plan(folder, changed)
    assert not of_samples(plan.wanted, settings["samples"])
    assert of_samples(plan.wanted, ["new"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_method_touches_no_other(finished, kind):
    folder, settings = finished
    changed = copy.deepcopy(settings)
    changed["methods"]["new"] = changed["methods"][kind]
    changed["experiments"]["one"]["methods"].append("new")
    plan = Plan(folder, changed)
    of_methods = {job for job in plan.wanted if set(job) & set(settings["methods"])}
    assert not of_methods
    assert not {rule for rule, *_ in plan.wanted} & {"cut_tiles", "describe_tiles", "analyse_res"}
    assert ("compare", "made", "one") in plan.wanted
    assert ("compare", "made", "all") not in plan.wanted


def test_a_new_experiment_touches_no_other(finished):
    folder, settings = finished
    changed = copy.deepcopy(settings)
    changed["experiments"]["new"] = changed["experiments"]["all"]
    plan = Plan(folder, changed)
    assert {job[2] for job in of_samples(plan.wanted, settings["samples"])} == {"new"}


def test_no_two_bare_numbers_stand_side_by_side(finished):
    """Snakemake compares params without their names, and would not see two change places.

    The window may: where it changes, the tiles do; and a figure's resolution.
    """
    with dag_of(*finished) as workflow:
        for rule in workflow.rules:
            job = next((job for job in workflow.dag.jobs if job.rule == rule), None)
            bare = [
                name
                for name, value in (job.params.items() if job else ())
                if isinstance(value, int | float)
            ]
            assert len(set(bare) - {"seed", "window", "dpi"}) <= 1, f"{rule}: {bare}"


@pytest.fixture(scope="module")
def own_code(tmp_path_factory):
    """A copy of the workflow in which modules may be edited, and a finished run of it."""
    folder, before = tmp_path_factory.mktemp("code"), Path.cwd()
    os.chdir(folder)
    for part in ("workflow", "envs"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "Snakefile", folder)
    config = config_of_everything(folder)
    config["experiments"]["all"] |= {
        "methods": [*NETWORKS, "guided", "sa", "quilting"],
        "samples": ["made"],
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_inputs, "SCRIPTS", folder / "workflow/scripts")
        code_inputs._path_of.cache_clear()
        finish(folder, config, snakefile=folder / "Snakefile")
        yield folder, config
    code_inputs._path_of.cache_clear()
    os.chdir(before)


@pytest.mark.parametrize(
    ("module", "again", "spared"),
    [
        ("rockrec/gans/loop.py", {"train_gan"}, {"train_unet", "anneal"}),
        ("rockrec/gans/monitor.py", set(), {"train_gan"}),
        ("rockrec/descriptors/kernels.py", {"describe_tiles", "anneal"}, {*TRAINING, "cut_tiles"}),
        ("rockrec/quilting/kernels.py", {"quilt"}, {*TRAINING, "anneal", "cut_tiles"}),
        ("rockrec/diagnosis/border.py", {"diagnose"}, {*TRAINING, "anneal", "compare"}),
        ("rockrec/figures/style.py", {"plot_realisations"}, {*TRAINING, "anneal", "compare"}),
        ("rockrec/housekeeping/progress.py", {"analyse_res"}, {*TRAINING, "anneal", "cut_tiles"}),
        ("rockrec/housekeeping/provenance.py", {"sample_gan"}, {*TRAINING, "anneal"}),
        ("rockrec/segmentation/training.py", {"train_unet"}, {"make_synthetic_rock"}),
        ("train_gan.py", {"train_gan"}, {"cut_tiles", "train_unet"}),
    ],
)
def test_an_edited_module_reruns_the_rules_that_run_on_it(own_code, module, again, spared):
    plan = planned_after_an_edit(own_code, module)
    rules = {rule for rule, *_ in plan.wanted}
    assert again <= rules
    assert not spared & {job[0] for job in plan.wanted if "guided" not in job}
    if "descriptors" in module:
        assert ("train_gan", "made", "all", "guided", "1") in plan.wanted


def planned_after_an_edit(own_code, *modules):
    """What would run if some modules were others, which then are as they were."""
    folder, config = own_code
    paths = [folder / "workflow/scripts" / module for module in modules]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(f"{text}# edited\n", encoding="utf-8")
    try:
        return Plan(folder, config, snakefile=folder / "Snakefile")
    finally:
        long_ago = time.time() - 1000
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
            os.utime(path, (long_ago, long_ago))


@pytest.mark.parametrize("rule", ["train_gan", "sample_gan"])
def test_an_edited_network_concerns_its_own_kind_alone(own_code, rule):
    plan = planned_after_an_edit(own_code, "rockrec/gans/stylegan2/generator.py")
    wanted = {job[3] for job in plan.wanted if job[0] == rule}
    assert wanted == {"stylegan2_ada", "endless"}  # which share a discriminator and its losses


def test_edited_records_make_no_pixel_and_no_weight_anew(own_code):
    """Titles, colours, descriptions, capabilities, other kinds: none of them decides a number."""
    scripts = own_code[0] / "workflow/scripts"
    records = sorted((scripts / "rockrec/plain/records").rglob("*.py"))
    assert len(records) > 10
    plan = planned_after_an_edit(own_code, *(path.relative_to(scripts) for path in records))
    rules = {rule for rule, *_ in plan.wanted}
    assert not rules & {*TRAINING, "make_synthetic_rock", "denoise_mosaic", "segment_mosaic"}
    assert not rules & {"anneal", "gather_realisations", "quilt", "sample_gan"}
    assert {"make_errors_table", "plot_pores"} <= rules

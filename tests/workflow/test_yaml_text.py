"""YAML says what it says: keys that stand twice and words that it misreads are named by line."""

import json

import pytest
import yaml
from running import run_snakemake

from rockrec_settings.schema import filled, load_schema
from rockrec_settings.yaml_text import text_mistakes


def found(folder, text, **options):
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    config = options.pop("config", None)
    return text_mistakes(path, config or yaml.safe_load(text), **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("res: {}\nseed: 1\nres: {}", "line 3: res: stands twice (lines 1 and 3)"),
        (
            "unet:\n  epochs: 3\n  steps: 4\n  epochs: 9\n",
            "line 4: unet.epochs: stands twice (lines 2 and 4)",
        ),
        (
            "samples:\n  a: {classes: {1: x, 2: y,\n    '1': z}}",
            "line 3: samples.a.classes.1: stands twice (lines 2 and 3)",
        ),
        ("seed: 0644", "line 1: seed: 0644 is 420 in YAML, to the base 8; write 644, or in quotes"),
        (
            "samples:\n  a:\n    labels:\n    - {file: f, row: -0012, column: 3}",
            "line 4: samples.a.labels.0.row: -0012 is -10 in YAML, to the base 8; write -12",
        ),
        ("x: [7, 2:15]", "line 1: x.1: 2:15 is 135 in YAML, to the base 60"),
        ("x: 1:02.5", "line 1: x: 1:02.5 is 62.5 in YAML, to the base 60"),
        ("samples:\n  No: {synthetic: pores}", "line 2: samples.No: as a name No is false in YAML"),
        (
            "samples: {a: {classes: {2: off}}}",
            "line 1: samples.a.classes.2: off is false in YAML; write that, or off in quotes, if",
        ),
        ("experiments:\n  2024-05-17: {}", "line 2: experiments.2024-05-17: as a name 2024-05-17 is a date"),
        ("methods:\n  007: {kind: sa}", "line 2: methods.007: as a name 007 is 7 in YAML, to the base 8; write 7"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_named_by_line_key_and_value(tmp_path, text, said):
    mistakes = found(tmp_path, text)
    assert len(mistakes) == 1
    assert mistakes[0].startswith(f"my.yaml, {said}")


def test_a_value_from_the_command_line_hides_nothing(tmp_path):
    """As a user runs it: the config is not as it stands in the file."""
    (tmp_path / "my.yaml").write_text("seed: 0100\nsamples: {}\nsamples: {}\n", encoding="utf-8")
    arguments = ("--configfile", "my.yaml", "--config", "seed=5", "--cores", "1", "-n")
    done = run_snakemake(tmp_path, *arguments, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "my.yaml, line 1: seed: 0100 is 64 in YAML" in said
    assert "my.yaml, line 3: samples: stands twice (lines 2 and 3)" in said


@pytest.mark.parametrize(
    "text",
    [
        "pores: {drop_border: no}",
        "pores: {drop_border: True}",
        "samples: {'no': {}, \"0100\": {mosaic: '0100', page: '1:30'}}",
        "a: [0, -0, 10, 1_000, 0x1F, 0.5, 1e-4, .5, ~, null, 089]",
        "a: &a {seed: 1}\nb: {<<: *a, seed: 2}\nc: *a\n",
        "text: |\n  0100\n  no\n",
        "__use_yte__: true\nx: 0100\n?if True:\n  y: 1\n?if False:\n  y: 2\n",
        "- 1\n",
        "",
    ],
)
def test_what_is_meant_is_let_through(tmp_path, text):
    assert found(tmp_path, text) == []


def test_json_is_read_too(tmp_path):
    path = tmp_path / "my.json"
    path.write_text(json.dumps({"seed": 1, "res": {"sizes": [32, 64]}}, indent="\t"))
    assert text_mistakes(path, {}) == []
    path.write_text('{\t"seed": 1,\n\t"seed": 2}')
    assert text_mistakes(path, {}) == ["my.json, line 2: seed: stands twice (lines 1 and 2)"]


def test_of_an_outer_workflow_s_file_only_the_module_s_part_is_looked_at(tmp_path):
    text = "mode: 0644\ntime: 1:30\nrocks:\n  seed: 0100\n  res: {}\ntime: 2:30\n"
    config = yaml.safe_load(text)
    assert len(found(tmp_path, text)) == 5
    (mistake,) = found(tmp_path, text, config=config["rocks"], is_module=True)
    assert mistake.startswith("my.yaml, line 4: seed: 0100 is 64")
    assert found(tmp_path, text, config={"seed": 5}, is_module=True) == []
    merged = (
        "a: &a {seed: 1, run: {}}\nrocks:\n  x: &x {<<: *a, seed: 2}\n  y: {<<: *x, seed: 010}\n"
    )
    (mistake,) = found(tmp_path, merged, config=yaml.safe_load(merged)["rocks"], is_module=True)
    assert mistake.startswith("my.yaml, line 4: y.seed: 010 is 8")


def test_a_block_that_is_left_empty_has_its_defaults():
    schema = load_schema()
    config = {"samples": {}, "methods": {}, "experiments": {"e": {"tiles": {"per_sample": None}}}}
    blocks = ("denoise", "unet", "res", "run", "evaluation")
    assert filled(config | dict.fromkeys(blocks), schema) == filled(config, schema)


def test_powers_of_ten_are_read_as_they_are_meant():
    schema = load_schema()
    config = yaml.safe_load("{unet: {steps: 1e3, learning_rate: 1e-4}, seed: 2e0x}")
    settings = filled(config, schema)
    assert settings["unet"]["steps"] == 1000
    assert settings["unet"]["learning_rate"] == 1e-4
    assert settings["seed"] == "2e0x"

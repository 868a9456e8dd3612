"""Rules and stages that docs/ name are those that Snakemake knows."""

import re
from fnmatch import filter as matching

import pytest
from running import ROOT, run_snakemake


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    listed = run_snakemake(folder, "--list", "--configfile", ROOT / "config/config.yaml").stdout
    return re.findall(r"^(\w+)(?: \(|$)", listed, re.MULTILINE)


def test_results_name_rules_that_are_there(rules):
    page = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+\|([^|]+)\|", page.split("## The figures")[0], re.MULTILINE)
    named = re.findall(r"`([\w*]+)`", " ".join(rows))
    assert len(named) > 10
    for pattern in named:
        assert matching(rules, pattern), pattern


def test_stages_that_reruns_names_are_targets(rules):
    page = (ROOT / "docs/reruns.md").read_text(encoding="utf-8")
    stages = re.search(r"# also: (.+)", page)[1].split(", ")
    assert "figures" in stages
    assert set(stages) <= set(rules)

"""README and docs/: links lead somewhere, and what pages name is there."""

import doctest
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LIBRARY = "workflow/scripts/rockrec"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(ROOT / folder / "README.md" for folder in ("config", "resources")),
    *sorted((ROOT / "docs").glob("*.md")),
]
# Of the hosting site, in whatever fork.
OF_THE_SITE = "../../actions/"
MOST_README_LINES = 150


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def links_of(page):
    """The targets of a page's links and pictures, without those to other sites."""
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [one for one in targets if not one.startswith(("https://", OF_THE_SITE))]


def anchor_of(heading):
    """The anchor that a heading is given: ``## A key`` has ``a-key``."""
    kept = re.sub(r"[^\w\- ]", "", heading.lstrip("# ").strip().lower())
    return kept.replace(" ", "-")


def test_readme_is_short():
    assert len(text_of("README.md").splitlines()) <= MOST_README_LINES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in links_of(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no such file"
        assert target.is_relative_to(ROOT), f"{link}: leads out of the repository"
        if anchor:
            lines = target.read_text(encoding="utf-8").splitlines()
            assert anchor in {anchor_of(line) for line in lines if line.startswith("#")}, link


def test_readme_leads_to_every_page_and_pages_show_every_picture():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        found = {(page.parent / link.partition("#")[0]).resolve() for link in links_of(page)}
        waiting += [one for one in found - reached if one.suffix == ".md"]
        reached |= found
    there = {path for path in (ROOT / "docs").iterdir() if path.suffix in (".md", ".png", ".svg")}
    assert there <= reached, there - reached


def test_files_that_contributing_names_are_there():
    """``plain/records/kinds/<kind>.py``: some file of this form, seen from root or library."""
    named = re.findall(r"`([\w./<>]+/[\w./<>]*)`", text_of("CONTRIBUTING.md"))
    assert len(named) > 20
    for path in named:
        if path.startswith(("results/", "mosaic/", "logs/")):
            continue  # of a run
        pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
        seen_from = [ROOT, ROOT / LIBRARY]
        assert any(any(folder.glob(pattern)) for folder in seen_from), f"no file like {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_name_targets_before_options_of_several_values(page):
    """``--configfile my_rock.yaml segment`` would take the stage for a second config file."""
    for command in re.findall(r"snakemake [^`#\n]*", page.read_text(encoding="utf-8")):
        taken = re.search(r"--configfiles? \S+ +(?!-)(\S+)", command)
        assert not taken, f"{command}: {taken} is taken for a config file"


def test_the_versions_that_readme_asks_for_are_those_of_the_code():
    snakefile, project = text_of("workflow/Snakefile"), text_of("pyproject.toml")
    least = re.search(r'min_version\("([\d.]+)"\)', snakefile)[1]
    assert f"Snakemake ≥ {least}]" in text_of("README.md")
    python = re.search(r'requires-python = ">=([\d.]+)"', project)[1]
    assert f"Python {python} or newer" in text_of("README.md")


def test_examples_give_what_they_show():
    failed, tried = doctest.testfile(str(ROOT / "docs/elsewhere.md"), module_relative=False)
    assert tried and not failed


def test_the_workflow_catalog_shows_every_block_of_the_config():
    """Its page lists ``properties`` below ``properties``, and follows no reference."""

    def shown(properties, of=""):
        for name, key in properties.items():
            yield of + name, key.get("description")
            yield from shown(key.get("properties", {}), f"{of}{name}.")

    schema = yaml.safe_load(text_of("workflow/schemas/config.schema.yaml"))
    rows = dict(shown(schema["properties"]))
    assert all(rows.values()), [name for name, description in rows.items() if not description]
    assert {"samples", "methods", "experiments", "denoise.radius", "run.device"} <= rows.keys()
    usage = yaml.safe_load(text_of(".snakemake-workflow-catalog.yml"))["usage"]
    assert usage["software-stack-deployment"]["conda"]

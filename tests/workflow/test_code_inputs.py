"""Every module that a script imports counts as its code; nothing is typed by hand."""

import ast
from pathlib import Path

import pytest

from rockrec_planning.code_inputs import SCRIPTS, library_code


def modules(script, **options):
    return {str(Path(path).relative_to(SCRIPTS)) for path in library_code(script, **options)}


def test_imports_are_followed_to_any_depth():
    found = modules("cut_tiles.py")
    assert {"rockrec/housekeeping/logbook.py", "rockrec/__init__.py", "rockrec/tiles.py"} <= found
    assert "rockrec/plain/seeds.py" not in found  # imported by neither the script nor its modules
    assert "rockrec/housekeeping/progress.py" in found  # imported by tiles.py


def test_packages_bring_their_inner_modules():
    assert "rockrec/descriptors/kernels.py" in modules("describe_tiles.py")


def test_templates_are_code():
    assert "rockrec/report/page.html.j2" in modules("make_report.py")


def test_stops_are_left_out_with_all_below_them():
    found = modules("describe_tiles.py", stop_at=("rockrec.descriptors", "rockrec.housekeeping"))
    assert not any(name.startswith("rockrec/descriptors") for name in found)
    assert not any(name.startswith("rockrec/housekeeping") for name in found)
    assert "rockrec/pores.py" in found


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.py")))
def test_no_script_hides_an_import(script):
    """An import made by name at run time would escape the graph."""
    tree = ast.parse((SCRIPTS / script).read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"__import__", "importlib"}

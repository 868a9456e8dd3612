"""Every module that a script imports counts as its code; nothing is typed by hand."""

import ast
from pathlib import Path

import pytest

from rockrec.plain.records.kinds import KINDS, NETWORKS
from rockrec_planning.code_inputs import SCRIPTS, library_code


def modules(script, *records, **options):
    found = library_code(script, *records, **options)
    return {str(Path(path).relative_to(SCRIPTS)) for path in found}


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


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_training_runs_on_the_networks_of_its_own_kind(kind):
    networks = {
        "dcgan": "rockrec/gans/dcgan.py",
        "wgan_gp": "rockrec/gans/wgan_gp.py",
        "stylegan2_ada": "rockrec/gans/stylegan2/generator.py",
        "endless": "rockrec/gans/endless/generator.py",
    }
    of_others = set(networks.values()) - {networks[kind]}
    if kind == "endless":  # its discriminator and its losses are those of StyleGAN2-ADA
        of_others.remove(networks["stylegan2_ada"])
    found = modules("train_gan.py", KINDS[kind].module, stop_at=("rockrec.plain.records",))
    assert networks[kind] in found
    assert not found & of_others
    assert "rockrec/gans/loop.py" in found
    assert not any(name.startswith("rockrec/plain/records") for name in found)


def test_who_reads_a_record_does_not_run_on_the_code_that_it_imports_when_asked():
    found = modules("sample_gan.py")
    assert {"rockrec/gans/networks.py", "rockrec/plain/records/kinds/dcgan.py"} <= found
    assert "rockrec/gans/dcgan.py" not in found


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.py")))
def test_no_script_hides_an_import(script):
    """An import made by name at run time would escape the graph."""
    tree = ast.parse((SCRIPTS / script).read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"__import__", "importlib"}

"""What Snakemake's own process imports of this workflow needs no more than Snakemake brings."""

import subprocess
import sys
import textwrap

import pytest
from running import ROOT

BLOCKING = """
    import importlib, pkgutil, sys

    allowed = set(sys.argv[1].split(",")) | sys.stdlib_module_names

    class Blocking:
        def find_spec(self, name, path=None, target=None):
            # What an allowed package imports itself is its own matter.
            importer = sys._getframe(1)
            while importer.f_globals["__name__"].startswith("importlib"):
                importer = importer.f_back
            own = importer.f_globals["__name__"].startswith(("rockrec", "__main__"))
            if own and name.split(".")[0] not in allowed:
                raise ModuleNotFoundError(f"{name} is foreign here", name=name)

    sys.meta_path.insert(0, Blocking())
    for room in sys.argv[2:]:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            print(importlib.import_module(module.name).__name__)
"""


def imported(allowed, *rooms):
    command = [sys.executable, "-c", textwrap.dedent(BLOCKING), ",".join(allowed), *rooms]
    paths = {"PYTHONPATH": f"{ROOT}/workflow/scripts:{ROOT}/workflow"}
    done = subprocess.run(command, capture_output=True, text=True, env=paths)
    return done.stdout.split(), done.stderr


@pytest.mark.parametrize(
    ("allowed", "room", "module"),
    [
        (["rockrec"], "rockrec.plain", "rockrec.plain.records.kinds.wgan_gp"),
        (
            ["rockrec", "rockrec_settings", "jsonschema", "yaml"],
            "rockrec_settings",
            "rockrec_settings.resolve",
        ),
    ],
)
def test_a_room_of_planning_imports_nothing_foreign(allowed, room, module):
    found, complaint = imported(allowed, room)
    assert module in found, complaint
    assert not complaint


def test_a_foreign_import_would_be_found():
    _, complaint = imported(["rockrec", "rockrec_settings", "yaml"], "rockrec_settings")
    assert "jsonschema is foreign here" in complaint

"""Each rule's environment names every package that its script and library modules import."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml
from planning import script_rules
from running import ROOT

from rockrec.plain.records.kinds import KINDS, NETWORKS
from rockrec_planning.code_inputs import SCRIPTS, library_code

# What conda-forge calls a package, where it is not the name that is imported, or brings it along.
PACKAGES = {
    "cv2": "py-opencv",
    "llvmlite": "numba",
    "markupsafe": "jinja2",
    "matplotlib": "matplotlib-base",
    "segmentation_models_pytorch": "segmentation-models-pytorch",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "torch": "pytorch",
    "yaml": "pyyaml",
}
# Nothing imports it by name: tifffile reads and writes compressed files with it.
NOT_IMPORTED = {"imagecodecs"}
ENVIRONMENTS = sorted(f"envs/{path.name}" for path in (ROOT / "envs").glob("*.yaml"))


def imported(path):
    """Top-level names of the modules that a file imports."""
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def needed_by(script):
    """conda-forge's names of the packages that a script and its library modules import."""
    code = library_code(script)
    if str(SCRIPTS / "rockrec/gans/networks.py") in code:  # it builds networks of any kind
        code = library_code(script, *(KINDS[kind].module for kind in NETWORKS))
    modules = [SCRIPTS / script, *(path for path in code if path.endswith(".py"))]
    names = {name for module in modules for name in imported(module)}
    own = {"rockrec"} | sys.stdlib_module_names
    return {PACKAGES.get(name, name) for name in names - own}


def listed_in(environment):
    """Packages of an environment file, with their versions as it states them."""
    listed = yaml.safe_load((ROOT / environment).read_text(encoding="utf-8"))["dependencies"]
    return dict(package.partition("=")[::2] for package in listed)


@pytest.mark.parametrize("rule", script_rules(), ids=lambda rule: rule.name)
def test_an_environment_holds_what_its_rule_imports(rule):
    assert needed_by(rule.script) <= set(listed_in(rule.environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_holds_no_more_than_its_rules_import(environment):
    scripts = [rule.script for rule in script_rules() if rule.environment == environment]
    needed = set().union(*map(needed_by, scripts))
    assert set(listed_in(environment)) - needed <= {"python", *NOT_IMPORTED}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_package_is_pinned_to_a_minor_version(environment):
    for package, version in listed_in(environment).items():
        assert re.fullmatch(r"\d+\.\d+", version), f"{environment}: {package}={version}"


def test_every_script_has_a_rule():
    with_rule = {rule.script for rule in script_rules()}
    assert with_rule == {path.name for path in SCRIPTS.glob("*.py")}
    assert all(rule.name == Path(rule.script).stem for rule in script_rules())

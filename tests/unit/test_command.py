"""The command as a whole: its help, what it says when something is missing, how it ends."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from rockrec import __version__, command

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/scripts"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def image(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("image.tif", np.eye(8, dtype=np.uint8))
    return "image.tif"


def run(*arguments, before=""):
    """Run the command in a process of its own, after some lines of Python."""
    code = f"import sys; sys.path.insert(0, {str(LIBRARY)!r}); {before}"
    code += f"\nfrom rockrec.command import main; sys.exit(main({list(arguments)!r}))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("name", command.COMMANDS)
def test_each_subcommand_explains_itself_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main([name, "--help"])
    shown = capsys.readouterr().out
    assert stop.value.code == 0
    assert f"  rockrec {name} " in shown


def test_help_needs_nothing_but_python():
    done = run("--help", before="sys.path[:] = [p for p in sys.path if 'site-packages' not in p]")
    assert done.returncode == 0, done.stderr
    assert all(f"    {name} " in done.stdout for name in command.COMMANDS)


def test_the_version_is_the_librarys(capsys):
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out == f"rockrec {__version__}\n"


def test_what_is_installed_starts_and_is_complete():
    module, _, function = PROJECT["project"]["scripts"]["rockrec"].partition(":")
    assert getattr(sys.modules[module], function) is command.main
    files = {path for path in (LIBRARY / "rockrec").rglob("*") if path.is_file()}
    data = {path for path in files if path.suffix != ".py" and "__pycache__" not in path.parts}
    for package, patterns in PROJECT["tool"]["setuptools"]["package-data"].items():
        folder = LIBRARY.joinpath(*package.split("."))
        data -= {path for pattern in patterns for path in folder.glob(pattern)}
    assert not data
    folders = {path.parent for path in files if path.suffix == ".py"}
    assert all((folder / "__init__.py").exists() for folder in folders)


@pytest.mark.parametrize("arguments", [[], ["reconstruct"], ["describe"]])
def test_a_command_line_that_is_none_is_told_in_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    told = capsys.readouterr()
    assert stop.value.code == 2
    assert len(told.err.splitlines()) == 1 and not told.out


@pytest.mark.parametrize(
    ("arguments", "missing", "extra"),
    [
        (["sample", "model.pt", "-o", "tiles.tif"], "torch", "[gans]"),
        (["describe", "image.tif", "--plot", "plot.png"], "matplotlib", "[figures]"),
        (["describe", "labels.h5"], "h5py", "[segmentation]"),
        (["compare", "image.tif", "--real", "image.tif"], "numba", ""),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(arguments, missing, extra, image):
    Path("labels.h5").touch()
    done = run(*arguments, before=f"sys.modules[{missing!r}] = None")
    assert done.returncode == 2
    needed = f'rockrec {arguments[0]} needs {missing}: pip install "rockrec{extra}"'
    assert done.stderr.splitlines()[-1] == needed
    assert extra.strip("[]") in {"", *PROJECT["project"]["optional-dependencies"]}


def test_a_bug_is_no_mistake_of_the_user(image, monkeypatch):
    def broken(asked):
        raise RuntimeError("a bug")

    monkeypatch.setattr(command.describe, "run", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        command.main(["describe", image])


def test_memory_that_runs_out_is_told_in_one_line(image, monkeypatch, capsys):
    def too_large(asked):
        np.empty((10**9, 10**9))

    monkeypatch.setattr(command.describe, "run", too_large)
    with pytest.raises(SystemExit):
        command.main(["describe", image])
    assert "Unable to allocate" in capsys.readouterr().err


def test_an_interrupted_command_ends_quietly(image, monkeypatch, capsys):
    def interrupted(asked):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.describe, "run", interrupted)
    assert command.main(["describe", image]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_has_seen_enough_is_no_error(image):
    command = f"{sys.executable} -m rockrec describe {image} 2>errors.txt | true"
    subprocess.run(command, shell=True, check=True, env={"PYTHONPATH": str(LIBRARY)})
    assert "Error" not in Path("errors.txt").read_text(encoding="utf-8")

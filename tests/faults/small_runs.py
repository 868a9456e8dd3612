"""The workflow at its smallest: started, disturbed, and compared with an undisturbed run."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from running import CORES, ROOT

CONFIG = Path(__file__).with_name("small.yaml")
PATIENCE = 600  # s
# What all that computes ends in; figures and tables apart.
COMPUTED = [
    f"results/rock/e/{name}.csv" for name in ("errors", "diagnosis", "classifier", "resizing")
] + ["results/rock/res/errors.csv"]
# What tells of the run and not of the rock: times, and what the run leaves for itself.
OF_THE_RUN = ("benchmarks", "checkpoints", "checksums", "report", "costs", "workflow")
TIMED = "speed_up"
FIELDS_OF_THE_RUN = ("time", "seconds", "host", "device", "machine", "revision", "versions")


def config():
    return yaml.safe_load(CONFIG.read_text(encoding="utf-8"))


def start(folder: Path, *arguments, config: Path = CONFIG) -> subprocess.Popen:
    """Start Snakemake in a folder; what it says goes to ``said.txt`` there."""
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"),
        *("--configfile", config, "--workflow-profile", ROOT / "profiles/default"),
        *("--cores", CORES, *arguments),
    ]
    environment = {
        **os.environ,
        **{"PYTHONPATH": "", "OMP_NUM_THREADS": "1", "MPLCONFIGDIR": str(folder / ".matplotlib")},
    }
    with open(folder / "said.txt", "w", encoding="utf-8") as said:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


def run(folder: Path, *arguments, config: Path = CONFIG) -> tuple[int, str]:
    """Run Snakemake to its end; return its status and what it said."""
    status = start(folder, *arguments, config=config).wait(PATIENCE)
    return status, (folder / "said.txt").read_text(encoding="utf-8")


def copy_of(finished: Path, folder: Path) -> Path:
    """A copy of a finished run, times of files included.

    As deep as the original, for Snakemake knows modules by their path from where it runs.
    """
    assert len(finished.parents) == len(folder.parents)
    shutil.copytree(finished, folder, symlinks=True, dirs_exist_ok=True)
    return folder


def results_of(folder: Path) -> dict[str, str]:
    """A checksum of what has to be the same in every run, by path."""
    results = folder / "results"
    found = {}
    for path in sorted(results.rglob("*")):
        name = str(path.relative_to(results))
        if path.is_file() and not any(word in name for word in OF_THE_RUN):
            found[name] = _digest(path)
    return found


def assert_same(folder: Path, undisturbed: Path, computed: Sequence[str] = COMPUTED) -> None:
    """Every result in a folder is as in an undisturbed run, and what computes is complete."""
    found, right = results_of(folder), results_of(undisturbed)
    assert {path for path in found if found[path] != right.get(path)} == set()
    assert all((folder / target).exists() for target in computed)


def left_behind(folder: Path) -> list[Path]:
    """Files that only a run that is going on may have."""
    unfinished = list((folder / ".snakemake/incomplete").glob("*"))
    return [*folder.rglob("*.partial"), *folder.rglob("results/**/lock"), *unfinished]


def _digest(path: Path) -> str:
    if path.suffix == ".pdf":  # holds its date
        return "a PDF"
    if path.name == "provenance.json":
        record = json.loads(path.read_text("utf-8"))
        content = json.dumps({k: v for k, v in record.items() if not _is_of_the_run(k)})
    elif path.name == "history.csv":
        rows = csv.DictReader(path.read_text("utf-8").splitlines())
        content = str([{k: v for k, v in row.items() if not _is_of_the_run(k)} for row in rows])
    elif path.stem == "claims":  # one of them compares times
        lines = path.read_text("utf-8").splitlines()
        content = "" if path.suffix == ".html" else str([x for x in lines if TIMED not in x])
    else:
        content = None
    data = path.read_bytes() if content is None else content.encode()
    return hashlib.sha256(data).hexdigest()


def _is_of_the_run(name: str) -> bool:
    return any(word in name for word in FIELDS_OF_THE_RUN)

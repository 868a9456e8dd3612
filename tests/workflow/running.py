"""Running the workflow as a user does, in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Several test processes beside each other share the cores out.
CORES = max(1, (os.cpu_count() or 1) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)))


def run_snakemake(folder, *arguments, check=True):
    """Run Snakemake with `folder` as working directory; return the finished process."""
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"),
        *("--directory", folder, "--workflow-profile", ROOT / "profiles" / "default"),
        *arguments,
    ]
    environment = {**os.environ, "PYTHONPATH": "", "MPLCONFIGDIR": str(folder / ".matplotlib")}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
    )
    if check and done.returncode:
        pytest.fail(f"snakemake ended with {done.returncode}:\n{done.stderr[-6000:]}")
    return done


def jobs(done):
    """Rule names and counts of the table that a dry run prints."""
    table = done.stdout.split("Job stats:")[1]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}

"""Where a set of realisations comes from: settings, inputs, versions, machine."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rockrec import __version__
from rockrec.housekeeping.integrity import checksum
from rockrec.housekeeping.outputs import written_whole

PACKAGES = ("numpy", "scipy", "scikit-image", "numba", "torch")


def write_provenance(path: str | os.PathLike, *, inputs: list, settings: dict, **more) -> None:
    """Write a JSON file that says how something was made.

    Parameters
    ----------
    inputs : files whose checksums are recorded.
    settings : the settings block that shaped the result.
    more : further facts, e.g. ``seed`` or ``seconds``.
    """
    record = {
        "settings": settings,
        **more,
        "inputs": {str(file): checksum(file) for file in inputs},
        "versions": {"rockrec": __version__, "python": platform.python_version()}
        | {name: found for name in PACKAGES if (found := _version(name))},
        "revision": revision(),
        "machine": machine(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with written_whole(path) as partial:
        partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def machine() -> dict[str, str | int | None]:
    """Say what this runs on: host, system, the kind of processor and the number of its cores."""
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "processor": _processor(),
        "processors": os.cpu_count(),
    }


def _processor() -> str:
    """The processor's name as Linux tells it, elsewhere the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def revision() -> str | None:
    """Return the git commit of the code, ``-dirty`` if edited; None outside a repository."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    folder = Path(__file__).parent
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()

"""Which software made the results."""

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

import rockrec

PACKAGES = ("numpy", "scipy", "scikit-image", "pandas", "matplotlib")


def versions() -> dict[str, str]:
    """Return the versions of rockrec, Python and the packages installed beside it."""
    found = {"rockrec": rockrec.__version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def all_versions(recorded: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the versions here and those recorded beside the realisations, all that occur."""
    seen: dict[str, dict] = {}
    for found in (versions(), *recorded):
        for package, number in found.items():
            seen.setdefault(package, {})[number] = None
    return {package: " and ".join(numbers) for package, numbers in seen.items()}

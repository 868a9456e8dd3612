"""Which software made the results."""

import platform
from importlib.metadata import PackageNotFoundError, version

import rockrec

PACKAGES = ("numpy", "scipy", "scikit-image", "pandas", "matplotlib")


def versions() -> dict[str, str]:
    """Return the versions of rockrec, Python and the packages installed beside it."""
    found = {"rockrec": rockrec.__version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

"""A finished, undisturbed run of the workflow at its smallest."""

import fcntl
import os

import pytest
from small_runs import run

# The others fill what is left at the end, so that no test process waits for another.
LONG = ("test_kills.py", "test_own_files.py")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Its folder; test processes beside each other make it once."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent / "shared"
        base.mkdir(exist_ok=True)
    folder = base / "undisturbed"
    with open(base / "undisturbed.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = base / "making"
            making.mkdir()
            status, said = run(making)
            assert status == 0, said[-3000:]
            making.rename(folder)
    return folder

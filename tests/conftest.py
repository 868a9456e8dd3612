"""Seeds and threads of the tests of learning."""

import os

import pytest


def pytest_addoption(parser):
    parser.addoption("--seeds", type=int, default=1, help="seeds for each test of learning")


def pytest_generate_tests(metafunc):
    if "any_seed" in metafunc.fixturenames:
        seeds = range(1, 1 + metafunc.config.getoption("seeds"))
        metafunc.parametrize("any_seed", seeds, scope="session")


@pytest.hookimpl(tryfirst=True)  # before marks choose
def pytest_collection_modifyitems(items):
    for item in items:
        if "any_seed" in item.fixturenames:
            item.add_marker("learning")


@pytest.fixture(scope="session")
def threads():
    """Threads of a training: those of every library in this process."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))

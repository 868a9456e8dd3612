"""A finished, undisturbed run of the workflow at its smallest."""

import pytest
from small_runs import run


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    status, said = run(folder)
    assert status == 0, said[-3000:]
    return folder

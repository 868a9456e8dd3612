"""Outputs appear whole or not at all, and a full disk names the file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rockrec.outputs import written_whole

FULL = """
import resource
import numpy as np
from rockrec.images import write_stack
from rockrec.mosaics import write_mosaic
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
rng = np.random.default_rng(0)
try:
    {call}
except OSError as error:
    print(error)
"""
CALLS = {
    "mosaic.tif": "write_mosaic('mosaic.tif', rng.integers(0, 256, (1200, 900), np.uint8), 50.0)",
    "stack.tif": "write_stack('stack.tif', rng.integers(0, 2, (300, 64, 64), np.uint8), 50.0)",
}


def test_a_file_is_there_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a" / "b.txt"
    with written_whole(path) as partial:
        partial.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(RuntimeError), written_whole(path) as partial:
        partial.write_text("two")
        raise RuntimeError
    assert path.read_text() == "one"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
@pytest.mark.parametrize("name", CALLS)
def test_a_disk_that_takes_no_more_is_an_error_that_names_the_file(tmp_path, name):
    code = FULL.format(call=CALLS[name])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path("workflow/scripts").resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "File too large" in done.stdout or "is the disk full?" in done.stdout
    assert name in done.stdout
    assert list(tmp_path.iterdir()) == []

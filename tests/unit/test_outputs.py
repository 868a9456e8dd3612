"""Outputs appear whole or not at all, and a full disk names the file."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rockrec.housekeeping.outputs import written_whole

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


SLOW = """
import numpy as np
from rockrec.denoise import denoised_bands
from rockrec.mosaics import Contrast, write_mosaic
image = np.random.default_rng(0).integers(0, 4000, (1500, 1200), np.uint16)
contrast = Contrast(low=0, high=3999, minimum=0, maximum=3999)
bands = denoised_bands(image, "exact", 6, 3.0, 30.0, contrast, rows=100)
write_mosaic("denoised.tif", bands, 50.0, image.shape, image.dtype)
"""


def test_a_stage_that_is_killed_leaves_nothing_and_gives_the_same_bytes_again(tmp_path):
    def start(folder):
        folder.mkdir(exist_ok=True)
        environment = os.environ | {"PYTHONPATH": str(Path("workflow/scripts").resolve())}
        return subprocess.Popen([sys.executable, "-c", SLOW], cwd=folder, env=environment)

    assert start(tmp_path / "undisturbed").wait() == 0
    partial = tmp_path / "killed" / "denoised.tif.partial"
    for size in (1, 500_000):
        process = start(tmp_path / "killed")
        until = time.monotonic() + 60
        while not (partial.exists() and partial.stat().st_size > size):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.005)
        process.kill()
        process.wait()
        assert not (tmp_path / "killed" / "denoised.tif").exists()
    assert start(tmp_path / "killed").wait() == 0
    made = [(tmp_path / name / "denoised.tif").read_bytes() for name in ("undisturbed", "killed")]
    assert made[0] == made[1]
    assert not partial.exists()

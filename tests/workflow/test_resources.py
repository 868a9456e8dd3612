"""Threads follow the rule; GPUs and memory are shared out among rules that ask for them."""

import json
import os
import subprocess
import sys

import pytest
from planning import dag_of
from running import ROOT
from test_reruns import config_of_everything

PROBE = """
import ctypes
import json
import re
from pathlib import Path

import cv2
import numba
import numpy as np
import torch

from rockrec.housekeeping.logbook import logged

NAMES = [f"{a}openblas_get_num_threads{b}" for a in ("scipy_", "") for b in ("64_", "")]


def threads_of(library):
    library = ctypes.CDLL(library)
    return next(getattr(library, name)() for name in NAMES if hasattr(library, name))


@logged(snakemake)
def main():
    np.ones((300, 300)) @ np.ones((300, 300))
    blas = set(re.findall(r"/\\S*openblas\\S*", Path("/proc/self/maps").read_text()))
    found = {
        "numba": numba.get_num_threads(),
        "cv2": cv2.getNumThreads(),
        "torch": torch.get_num_threads(),
        **{library: threads_of(library) for library in blas},
    }
    Path(snakemake.output[0]).write_text(json.dumps(found))


main()
"""
RULE = """
rule probe:
    output: "found.json"
    log: "probe.log"
    threads: 1
    script: "probe.py"
"""


def test_every_library_computes_with_the_threads_of_its_rule(tmp_path):
    """One thread, on a machine of more processors."""
    (tmp_path / "probe.py").write_text(PROBE, encoding="utf-8")
    (tmp_path / "Snakefile").write_text(RULE, encoding="utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")
    }
    environment["PYTHONPATH"] = str(ROOT / "workflow/scripts")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "4"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert len(found) > 3, "no BLAS found"
    assert set(found.values()) == {1}, found


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Each rule's first job, with a GPU wanted and without."""
    folder, before = tmp_path_factory.mktemp("resources"), os.getcwd()
    os.chdir(folder)
    config, found = config_of_everything(folder), {}
    try:
        for device in ("cpu", "cuda"):
            with dag_of(folder, config | {"run": {"device": device}}) as workflow:
                jobs = {job.rule.name: job for job in workflow.dag.jobs if job.output}
                found[device] = {
                    rule: ({**job.resources}, set(job.input.code), job.is_local)
                    for rule, job in jobs.items()
                }
    finally:
        os.chdir(before)
    return found


def test_rules_that_compute_on_a_device_ask_for_one_gpu_and_no_others_do(jobs):
    on_a_device = {rule for rule, (resources, *_) in jobs["cuda"].items() if "device" in resources}
    assert {"train_gan", "train_unet", "segment_mosaic", "sample_gan"} <= on_a_device
    for rule, (resources, *_) in jobs["cuda"].items():
        assert resources.get("gpu", 0) == (rule in on_a_device), rule
    assert not any(resources.get("gpu", 0) for resources, *_ in jobs["cpu"].values())


def test_every_rule_says_how_much_memory_it_takes(jobs):
    for rule, (resources, _, is_local) in jobs["cpu"].items():
        assert is_local or resources.get("mem_mb", 0) >= 500, rule


def test_jobs_wait_for_a_gpu_and_for_memory(tmp_path):
    """Of three jobs that want what two can have, never three run at once."""
    (tmp_path / "Snakefile").write_text(
        "rule all:\n    input: expand('{n}', n=range(4))\n"
        "rule one:\n    output: '{n}'\n    resources: gpu=1, mem_mb=4000\n"
        "    shell: 'date +%s.%N > {output}; sleep 0.7; date +%s.%N >> {output}'\n"
    )
    for limit in ("gpu=2", "mem_mb=8500"):
        for path in map(str, range(4)):
            (tmp_path / path).unlink(missing_ok=True)
        command = [sys.executable, "-m", "snakemake", "--cores", "4", "--resources", limit]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        spans = [sorted(map(float, (tmp_path / str(n)).read_text().split())) for n in range(4)]
        at_once = [sum(low <= start < high for low, high in spans) for start, _ in spans]
        assert max(at_once) == 2, (limit, spans)

"""The whole workflow on a SLURM of two nodes, in spite of all that happens to jobs there.

One run goes from the mosaic to the report while its trainings are killed, driven past their time,
starved of memory and thrown off their node, and Snakemake itself is killed. It has to end with what
an undisturbed run on this machine makes. Started by ``make test-cluster``.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYTHON = os.environ.get("ROCKREC_CLUSTER_PYTHON")
SAMPLE = "results/meta_igneous"
TRAINED = f"{SAMPLE}/comparison/wgan_gp"
COMPARED = [
    f"{SAMPLE}/unet/model.pt",
    f"{SAMPLE}/mosaic/segmented.tif",
    f"{SAMPLE}/comparison/tiles.tif",
    f"{SAMPLE}/comparison/sa/1/realisations.tif",
    *(f"{TRAINED}/{replicate}/model.pt" for replicate in "1234"),
    *(f"{TRAINED}/{replicate}/realisations.tif" for replicate in "1234"),
    f"{SAMPLE}/comparison/errors.csv",
    f"{SAMPLE}/comparison/diagnosis.csv",
    f"{SAMPLE}/comparison/pores.csv",
]
GPU_RULES = ("train_unet", "segment_mosaic", "train_gan", "sample_gan")
UNWARNED = "3"  # the replicate that is not told before its time limit
STARVED = "4"  # the replicate whose first job gets too little memory
PATIENCE = 900  # s

pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="no cluster: `make test-cluster` starts one, as root on Debian"
)


def tiny_config():
    """One experiment; each replicate of the network trains for about a minute."""
    config = yaml.safe_load((ROOT / "tests/tiny.yaml").read_text(encoding="utf-8"))
    del config["experiments"]["representative"]
    config["experiments"]["comparison"]["methods"] = ["sa", "wgan_gp"]
    config["methods"]["wgan_gp"] |= {"steps": 600, "check_every": 100, "replicates": 4}
    config["run"] |= {"device": "auto", "checkpoint_interval_s": 1}
    return config


def cluster_profile(folder):
    """The project's profile, as a user adapts it to a site: here one of few cores."""
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))
    profile["slurm-status-command"] = "squeue"
    profile["slurm-init-seconds-before-status-checks"] = 3
    profile["latency-wait"] = 5
    profile["set-threads"] = {"train_gan": 2, "anneal": 2}
    profile["slurm-partition-config"] = str(ROOT / "profiles/slurm/partitions.yaml")
    memory = "int(16000 + 2 * input.size_mb) * min(attempt, 2)"
    profile["set-resources"] = {
        "train_gan": {
            "mem_mb": f"200 if wildcards.replicate == '{STARVED}' and attempt == 1 else {memory}",
            "slurm_extra": f"'' if wildcards.replicate == '{UNWARNED}' else '--signal=TERM@300'",
        }
    }
    folder.mkdir()
    (folder / "config.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return folder


def snakemake(python, folder, config, profile, *arguments):
    """Start Snakemake in a folder, its words in ``said.txt``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [
        *(python, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder),
        *("--workflow-profile", profile, "--configfile", folder / "tiny.yaml", *arguments),
    ]
    with open(folder / "said.txt", "a", encoding="utf-8") as said:
        return subprocess.Popen(list(map(str, command)), cwd=folder, stdout=said, stderr=said)


def scontrol(*arguments):
    done = subprocess.run(
        ["scontrol", *map(str, arguments)], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def scheduled(folder):
    """Every job that the scheduler knows from this folder, as it describes it."""
    jobs = []
    for line in scontrol("show", "job", "--oneliner").splitlines():
        job = dict(re.findall(r"(\S+?)=(\S*)", line))
        if job.get("WorkDir") == str(folder):
            jobs.append(job)
    return jobs


@dataclass
class Trainings:
    """The trainings of a run, seen from outside."""

    folder: Path
    head: subprocess.Popen

    def jobs(self, replicate):
        """Scheduler's jobs of one training, the first one first."""
        name = f"rule_train_gan_wildcards_meta_igneous_comparison_wgan_gp_{replicate}"
        found = [job for job in scheduled(self.folder) if job["Comment"] == name]
        return sorted(found, key=lambda job: int(job["JobId"]))

    def holder(self, job):
        """The lock of the training that a job works on, or None."""
        for path in (self.folder / "results/checkpoints").glob("*/*/lock"):
            try:
                lock = json.loads(path.read_text(encoding="utf-8"))
            except (FileNotFoundError, json.JSONDecodeError):
                continue
            if lock["job"] == job["JobId"]:
                return lock | {"folder": path.parent}
        return None

    def wait(self, what, condition):
        """Wait until a condition holds, and return what it returned."""
        until = time.monotonic() + PATIENCE
        while True:
            found = condition()
            if found:
                return found
            said = self.folder / "said.txt"
            assert self.head.poll() is None, f"over before {what}: {tail(said)}"
            assert time.monotonic() < until, f"no {what}: {tail(said)}"
            time.sleep(0.5)

    def in_the_middle(self, replicate, after=0):
        """Wait until a training has saved a state in its newest job; return job and lock."""

        def saved():
            jobs = self.jobs(replicate)
            if len(jobs) <= after or jobs[-1]["JobState"] != "RUNNING":
                return None
            lock = self.holder(jobs[-1])
            if lock is None:
                return None
            states = list(lock["folder"].glob("checkpoint_*.pt"))
            fresh = [path for path in states if path.stat().st_mtime > lock_time(lock)]
            return (jobs[-1], lock) if fresh else None

        return self.wait(f"training of replicate {replicate}", saved)


def lock_time(lock):
    """When the process that holds a lock was started, s since the epoch."""
    ticks = int(lock["started"].split()[1])
    boot = time.time() - float(Path("/proc/uptime").read_text().split()[0])
    return boot + ticks / os.sysconf("SC_CLK_TCK")


def tail(path):
    return path.read_text(encoding="utf-8")[-4000:]


def seconds_of(job):
    hours, minutes, seconds = map(int, job["RunTime"].split(":"))
    return 3600 * hours + 60 * minutes + seconds


def end_after(job, minutes):
    """Set the time limit of a running job to so many whole minutes from now, at most."""
    scontrol("update", f"JobId={job['JobId']}", f"TimeLimit={seconds_of(job) // 60 + minutes}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What is compared, made on this machine without the cluster."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    local = ROOT / "profiles/default"
    head = snakemake(sys.executable, folder, tiny_config(), local, "--cores", 2, *COMPARED)
    assert head.wait() == 0, tail(folder / "said.txt")
    return folder


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory):
    """The folder of a run on the cluster, after all that happened to its trainings."""
    folder = tmp_path_factory.mktemp("disturbed") / "run"
    profile = cluster_profile(folder.parent / "profile")
    trainings = Trainings(folder, snakemake(PYTHON, folder, tiny_config(), profile))
    try:
        trainings.in_the_middle("1")
        fail_the_node(trainings)
        job, _ = trainings.in_the_middle("1")
        subprocess.run(["scancel", job["JobId"]], check=True, timeout=30)
        # 300 s before its end a training is told to save: at once, that is.
        job, _ = trainings.in_the_middle("2")
        end_after(job, minutes=2)
        job, _ = trainings.in_the_middle(UNWARNED)
        end_after(job, minutes=1)
        # Snakemake itself is killed: its jobs go on, and a second Snakemake meets them.
        trainings.in_the_middle("2", after=1)
        trainings.head.kill()
        trainings.head.wait()
        assert snakemake(PYTHON, folder, tiny_config(), profile, "--unlock").wait(60) == 0
        trainings.head = snakemake(PYTHON, folder, tiny_config(), profile)
        assert trainings.head.wait(PATIENCE) == 0, tail(folder / "said.txt")
    finally:
        if trainings.head.poll() is None:
            trainings.head.terminate()
            trainings.head.wait(60)
        print_jobs(folder)
    return folder


def fail_the_node(trainings):
    """Set the node of all trainings down, and resume it."""
    scontrol("update", "NodeName=gpu1", "State=DOWN", "Reason=rehearsal")
    ids = [job["JobId"] for job in scheduled(trainings.folder) if job["Partition"] == "gpu"]
    trainings.wait("end of the node's jobs", lambda: not any(map(has_processes, ids)))
    scontrol("update", "NodeName=gpu1", "State=RESUME")
    for job in scheduled(trainings.folder):
        if job["JobState"] == "PENDING" and job["Restarts"] != "0":
            # SLURM puts it off by two minutes.
            scontrol("update", f"JobId={job['JobId']}", "StartTime=now")


def has_processes(job_id):
    """Whether SLURM still looks after processes of a job on this machine."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(b"slurmstepd: [%s." % job_id.encode()):
                return True
    return False


def print_jobs(folder):
    """The jobs of a run, for the reader of the test's output."""
    print(
        f"\n{'job':>4} {'partition':9} {'GPU':3} {'CPUs':>4} {'MB':>6} {'limit':>10} {'time':>8} ",
        end="",
    )
    print("restarts state      what")
    for job in scheduled(folder):
        gpus = job.get("TresPerJob", "").rpartition(":")[2] or "-"
        print(
            f"{job['JobId']:>4} {job['Partition']:9} {gpus:3} {job['NumCPUs']:>4} "
            f"{job['MinMemoryNode']:>6} {job['TimeLimit']:>10} {job['RunTime']:>8} "
            f"{job['Restarts']:>8} {job['JobState']:10} {job['Comment'].removeprefix('rule_')[:60]}"
        )


def test_every_training_ran_on_the_gpu_partition(disturbed):
    for replicate in "1234":
        jobs = Trainings(disturbed, None).jobs(replicate)
        assert jobs[-1]["JobState"] == "COMPLETED"
        for job in jobs:
            assert (job["Partition"], job["NodeList"]) == ("gpu", "gpu1")
            assert job["TresPerJob"] == "gres:gpu:1"
            assert job["NumCPUs"] == "2"
            assert int(job["JobId"]) > 0
        log = disturbed / f"logs/meta_igneous/comparison/wgan_gp/{replicate}/train_gan.log"
        assert "train_gan: done" in log.read_text(encoding="utf-8")


def test_no_job_ran_on_the_login_node(disturbed):
    """As many different jobs of each rule as were planned; figures and tables several in one."""
    said = (disturbed / "said.txt").read_text(encoding="utf-8")
    planned = dict(re.findall(r"^(\w+) +(\d+)$", said.split("Job stats:")[1], re.M))
    completed = [job for job in scheduled(disturbed) if job["JobState"] == "COMPLETED"]
    for rule, count in planned.items():
        own = [job for job in completed if rule_of(job) == rule]
        if rule not in ("everything", "total") and not rule.startswith(("plot_", "list_", "make_")):
            assert len({job["Comment"] for job in own}) == int(count), rule
        for job in own:
            on_gpu = rule in GPU_RULES
            assert job["Partition"] == ("gpu" if on_gpu else "cpu"), rule
            assert ("TresPerJob" in job) == on_gpu, rule
    assert any(job["Comment"].startswith("rule_drawing") for job in completed)


def rule_of(job):
    return job["Comment"].removeprefix("rule_").partition("_wildcards_")[0]


def test_a_failed_node_and_a_cancelled_job(disturbed):
    first, *_, last = Trainings(disturbed, None).jobs("1")
    assert (first["Restarts"], first["JobState"]) == ("1", "CANCELLED")
    assert last["JobState"] == "COMPLETED"


def test_told_in_time_a_training_saves_and_the_next_job_goes_on(disturbed):
    first, second, *_ = Trainings(disturbed, None).jobs("2")
    assert (first["JobState"], second["JobState"]) == ("FAILED", "COMPLETED")
    (path,) = (disturbed / ".snakemake/slurm_logs/rule_train_gan").rglob(f"{first['JobId']}.log")
    assert "SIGTERM: stopped and saved at step" in path.read_text(encoding="utf-8")


def test_past_its_time_limit(disturbed):
    first, *_, last = Trainings(disturbed, None).jobs(UNWARNED)
    assert (first["JobState"], last["JobState"]) == ("TIMEOUT", "COMPLETED")


def test_past_its_memory_the_next_job_asks_for_more(disturbed):
    first, second, *later = Trainings(disturbed, None).jobs(STARVED)
    assert first["JobState"] in ("FAILED", "OUT_OF_MEMORY")
    assert (first["MinMemoryNode"], second["MinMemoryNode"]) == ("200M", "32002M")
    assert [second, *later][-1]["JobState"] == "COMPLETED"


def test_a_second_snakemake_takes_what_the_jobs_of_a_killed_one_trained(disturbed):
    *_, of_the_killed, of_the_second = Trainings(disturbed, None).jobs("2")
    assert of_the_killed["JobState"] == of_the_second["JobState"] == "COMPLETED"
    log = disturbed / "logs/meta_igneous/comparison/wgan_gp/2/train_gan.log"
    assert "is already trained" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("made", COMPARED)
def test_results_are_those_of_an_undisturbed_run(disturbed, undisturbed, made):
    assert (disturbed / made).read_bytes() == (undisturbed / made).read_bytes()


def test_nothing_is_missing_or_left_over(disturbed):
    assert (disturbed / "results/report.html").stat().st_size > 10_000
    said = disturbed / "said.txt"
    before = said.stat().st_size
    local = ROOT / "profiles/default"
    head = snakemake(sys.executable, disturbed, tiny_config(), local, "--dry-run")
    assert head.wait(60) == 0
    assert "Nothing to be done" in said.read_bytes()[before:].decode()
    assert not list(disturbed.rglob("*.partial"))
    assert not list(disturbed.rglob("lock"))

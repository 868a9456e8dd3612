"""The cluster profile: what every rule would ask a scheduler for, resolved by Snakemake itself."""

from dataclasses import dataclass

import pytest
import yaml
from planning import script_rules
from running import ROOT
from snakemake.api import SnakemakeApi
from snakemake.profiles import ProfileConfigFileParser
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    ExecutionSettings,
    GroupSettings,
    OutputSettings,
    PreemptibleRules,
    Quietness,
    RemoteExecutionSettings,
    ResourceSettings,
    SchedulingSettings,
)

PROFILE = ROOT / "profiles/slurm/config.yaml"
PARTITIONS = ROOT / "profiles/slurm/partitions.yaml"
NETWORKS = {"train_unet", "segment_mosaic", "train_gan", "sample_gan"}
CONTINUED = {
    *("train_gan", "train_unet", "train_shared_unet"),
    *("anneal", "quilt", "quilt_mosaic", "draw_plane"),
}
ATTEMPTS = (1, 2, 3)
SMALL, LARGE = 100, 10_000  # MB of input


@pytest.fixture(scope="module")
def profile():
    """The profile as Snakemake reads it; the plugin that its executor needs is not asked for."""
    with open(PROFILE, encoding="utf-8") as stream:
        return ProfileConfigFileParser().parse(stream)


def requests(profile, folder, device):
    """What each rule asks for, by its name."""
    found = {}
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        opened = api.workflow(
            resource_settings=ResourceSettings(
                nodes=100,
            ),
            config_settings=ConfigSettings(
                config={"run": {"device": device}}, configfiles=[ROOT / "tests/tiny.yaml"]
            ),
            snakefile=ROOT / "Snakefile",
            workdir=folder,
        )
        opened.dag(DAGSettings())
        workflow = opened._workflow
        workflow.execution_settings = ExecutionSettings(retries=int(profile["retries"]))
        workflow.remote_execution_settings = RemoteExecutionSettings(
            preemptible_rules=PreemptibleRules(rules=frozenset(profile["preemptible-rules"])),
            preemptible_retries=int(profile["preemptible-retries"]),
        )
        workflow.scheduling_settings = SchedulingSettings()
        workflow.group_settings = GroupSettings()
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        jobs = {job.rule.name: job for job in workflow.dag.jobs if job.output}
        for name, job in jobs.items():
            if name not in workflow._localrules:
                found[name] = Rule(
                    [resolve(job, attempt, SMALL) for attempt in ATTEMPTS],
                    resolve(job, 1, LARGE),
                    job.restart_times,
                    job.rule._group,
                )
    return found


class Inputs(list):
    """Input files of a size that the test chooses."""

    size_mb: float


@dataclass
class Rule:
    """What a rule's jobs ask for: at each attempt, with a large input; and what becomes of them."""

    asked: list[dict]
    asked_with_large_input: dict
    retries: int
    group: str | None


def resolve(job, attempt, megabytes):
    """Resources of a job as Snakemake evaluates them, threads first."""
    files = Inputs(job.input)
    files.size_mb = megabytes
    aux = {"input": files, "attempt": attempt, "rulename": job.rule.name, "async_run": None}
    threads = job.rule.resources["_cores"].evaluate(job.wildcards, **aux).value
    values = {
        name: resource.evaluate(job.wildcards, threads=threads, **aux).value
        for name, resource in job.rule.resources.items()
    }
    return values | {"threads": threads}


@pytest.fixture(scope="module")
def rules(profile, tmp_path_factory):
    """The requests of a run on GPUs."""
    return requests(profile, tmp_path_factory.mktemp("asked"), "cuda")


def test_gpu_jobs_ask_for_one_and_the_others_do_not(rules, capsys):
    with capsys.disabled():
        print_requests(rules)
    assert {name for name, rule in rules.items() if rule.asked[0].get("gpu", 0)} >= NETWORKS
    computing = {name for name, rule in rules.items() if "device" in rule.asked[0]}
    assert {name for name, rule in rules.items() if rule.asked[0].get("gpu", 0)} == computing


def test_a_partition_has_gpus_and_another_is_for_all_other_jobs(profile, rules):
    # Found beside the profile, wherever the run is started.
    assert profile["slurm-partition-config"] == str(PARTITIONS)
    partitions = yaml.safe_load(PARTITIONS.read_text(encoding="utf-8"))["partitions"]
    most = max(asked.get("gpu", 0) for rule in rules.values() for asked in rule.asked)
    assert [name for name, limits in partitions.items() if limits.get("max_gpu", 0) >= most]
    assert [name for name, limits in partitions.items() if not limits.get("max_gpu", 0)]
    assert not any("slurm_partition" in rule.asked[0] for rule in rules.values())


def test_on_the_cpu_none_asks_for_a_gpu(profile, tmp_path):
    rules = requests(profile, tmp_path, "cpu")
    assert not any(asked.get("gpu", 0) for rule in rules.values() for asked in rule.asked)


def test_memory_grows_with_attempts_and_with_the_input(rules):
    for name, rule in rules.items():
        first, second, third = (asked["mem_mb"] for asked in rule.asked)
        assert all(isinstance(asked["mem_mb"], int) for asked in rule.asked), name
        # One that goes on is tried often: it would outgrow every node.
        grown = (2 * first, (2 if name in CONTINUED else 3) * first)
        assert (second, third) == grown, name
        assert rule.asked_with_large_input["mem_mb"] >= first, name
    for name in ("cut_tiles", "describe_realisations", "train_gan", "anneal"):
        grown = rules[name].asked_with_large_input["mem_mb"] - rules[name].asked[0]["mem_mb"]
        assert grown >= LARGE - SMALL


def test_what_goes_on_has_a_fixed_time_and_is_retried_until_done(profile, rules):
    for name, rule in rules.items():
        minutes = [asked["runtime"] for asked in rule.asked]
        if name in CONTINUED:
            assert rule.retries == int(profile["preemptible-retries"]) >= 20
            assert len(set(minutes)) == 1
        else:
            assert rule.retries == int(profile["retries"])
    for name in ("train_gan", "train_unet"):
        assert rules[name].asked[0]["slurm_extra"] == "--signal=TERM@300"


def test_only_rules_that_take_seconds_are_grouped(rules):
    grouped = {name for name, rule in rules.items() if rule.group}
    assert all(name.startswith(("plot_", "make_", "list_")) for name in grouped)
    assert not any(rule.asked[0].get("gpu", 0) for rule in rules.values() if rule.group)
    assert max(rules[name].asked[0]["mem_mb"] for name in grouped) <= 4000


def test_every_rule_that_resumes_is_preemptible_and_no_other(profile):
    """What has a folder of checkpoints goes on where its last job ended."""
    assert set(profile["preemptible-rules"]) == {
        rule.name for rule in script_rules() if "checkpoints" in rule.params
    }


def test_a_grouped_rule_asks_for_no_more_if_its_input_is_larger(rules):
    """A group's jobs have inputs that are not there when it is submitted."""
    for name, rule in rules.items():
        if rule.group:
            assert rule.asked_with_large_input == rule.asked[0], name


def test_groups_of_the_profile_are_those_of_the_rules(profile, rules):
    groups = {rule.group for rule in rules.values() if rule.group}
    assert {entry.split("=")[0] for entry in profile["group-components"]} == groups


def print_requests(rules):
    """One line per rule, for the reader of the test's output."""
    print(f"\n{'rule':24}{'GPUs':>6}{'cores':>7}", end="")
    print(f"{'MB at attempts 1, 2, 3':>26}{'minutes':>18}  group")
    for name, rule in rules.items():
        first = rule.asked[0]
        memory, minutes = (
            ", ".join(str(asked[key]) for asked in rule.asked) for key in ("mem_mb", "runtime")
        )
        print(
            f"{name:24}{first.get('gpu', 0):>6}"
            f"{first['threads']:>7}{memory:>26}{minutes:>18}  {rule.group or '-'}"
        )

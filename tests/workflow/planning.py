"""The DAG of a config, built in this process: hundreds of plans in a minute."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from running import ROOT
from snakemake import api, workflow
from snakemake.io import is_flagged
from snakemake.jobs import get_script_mtime
from snakemake.parser import parse
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    ExecutionSettings,
    GroupSettings,
    OutputSettings,
    Quietness,
    RemoteExecutionSettings,
    ResourceSettings,
    SchedulingSettings,
)

DRAWN = ("results/figures/", "results/tables/", "results/report")

PARSED: dict[tuple, tuple] = {}


def parsed_once(path, workflow, linemap, rulecount):
    """Parse a Snakefile, or remember it: Snakemake would do it anew for each plan."""
    name = path.get_path_or_uri(secret_free=True)
    key = (name, os.stat(name).st_mtime_ns, rulecount)
    if key not in PARSED:
        lines = {}
        PARSED[key] = *parse(path, workflow, lines, rulecount=rulecount), lines
    code, rules, lines = PARSED[key]
    linemap.update(lines)
    return code, rules


workflow.parse = parsed_once


@contextmanager
def dag_of(folder: Path, config: dict, snakefile: Path = ROOT / "Snakefile") -> Iterator:
    """Yield the workflow of a config, with its DAG, run in `folder`."""
    configfile = folder / "planned.yaml"
    configfile.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    with api.SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as session:
        opened = session.workflow(
            resource_settings=ResourceSettings(cores=2),
            config_settings=ConfigSettings(configfiles=[configfile]),
            snakefile=snakefile,
            workdir=folder,
        )
        opened.dag(DAGSettings())
        workflow = opened._workflow
        workflow.execution_settings = ExecutionSettings()
        workflow.remote_execution_settings = RemoteExecutionSettings()
        workflow.scheduling_settings = SchedulingSettings()
        workflow.group_settings = GroupSettings()
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        yield workflow
        # Snakemake expects a process to plan once.
        for remembered in ("_code", "_conda_env", "_input", "_log", "_params"):
            getattr(workflow.persistence, remembered).cache_clear()
        get_script_mtime.cache_clear()


class ScriptRule(NamedTuple):
    """A rule that runs a script: names of rule, environment's file, script, and params."""

    name: str
    environment: str
    script: str
    params: set[str]


@cache
def script_rules() -> list[ScriptRule]:
    """Every rule of the workflow that runs a script, as Snakemake knows it."""
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with dag_of(Path(folder), demo) as workflow:
                return [
                    ScriptRule(
                        rule.name,
                        rule.conda_env.removeprefix("../../"),
                        Path(rule.script.format(params=rule.params)).name,
                        set(rule.params.keys()),
                    )
                    for rule in workflow.rules
                    if rule.script
                ]
        finally:
            os.chdir(before)


def finish(folder: Path, config: dict, **options) -> None:
    """Pretend that a run of a config is over: a placeholder and a record for each output."""
    with dag_of(folder, config, **options) as workflow:
        jobs, now = [job for job in workflow.dag.jobs if job.output], time.time()
        for path in {path for job in jobs for path in job.output}:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(path, encoding="utf-8")
            os.utime(path, times=(now, now))
        for job in jobs:
            workflow.async_run(workflow.persistence.finished(job))
        for path in {path for job in jobs for path in job.output if is_flagged(path, "temp")}:
            os.remove(path)


def name_of(job) -> tuple[str, ...]:
    """A job by its rule and its wildcards."""
    return (job.rule.name, *map(str, job.wildcards))


class Plan:
    """What Snakemake would run in a folder, and why.

    Attributes
    ----------
    wanted : jobs that it would run.
    touched : of those, the ones whose own settings, inputs or code changed; the others are new or
        follow from them.
    drawn : rules that make figures, tables and the report.
    """

    def __init__(self, folder: Path, config: dict, **options):
        with dag_of(folder, config, **options) as workflow:
            records = workflow.persistence
            self.wanted = {name_of(job) for job in workflow.dag.needrun_jobs() if job.output}
            self.touched = {
                name_of(job)
                for job in workflow.dag.jobs
                if job.output
                and (
                    records.params_changed(job)
                    or any(records.input_changed(job))
                    or workflow.dag.reason(job).updated_input
                )
            }
            self.drawn = {
                job.rule.name
                for job in workflow.dag.jobs
                if job.output and all(path.startswith(DRAWN) for path in job.output)
            }

    def rules(self) -> set[str]:
        """The rules that compute whose jobs are touched."""
        return {rule for rule, *_ in self.touched} - self.drawn

"""The DAG of a config, built in this process: hundreds of plans in a minute."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from conftest import ROOT
from snakemake.api import SnakemakeApi
from snakemake.io import is_flagged
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


@contextmanager
def dag_of(folder: Path, config: dict, snakefile: Path = ROOT / "Snakefile") -> Iterator:
    """Yield the workflow of a config, with its DAG, run in `folder`."""
    configfile = folder / "planned.yaml"
    configfile.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        opened = api.workflow(
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


def finish(folder: Path, config: dict) -> None:
    """Pretend that a run of a config is over: a placeholder and a record for each output."""
    with dag_of(folder, config) as workflow:
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
    touched : of those, the ones whose own settings, inputs or code changed, or that are new; the
        others follow from them.
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
                    not records.has_metadata(job)
                    or records.params_changed(job)
                    or any(records.input_changed(job))
                    or workflow.dag.reason(job).updated_input
                )
            }

    def rules(self) -> set[str]:
        """The rules whose jobs are touched."""
        return {rule for rule, *_ in self.touched}

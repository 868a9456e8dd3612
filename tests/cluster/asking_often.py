"""Snakemake as it is, but that it asks SLURM for its jobs every second.

The plugin waits ten seconds longer after each answer that none has ended, up to three minutes.
"""

from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor

RemoteExecutor.next_seconds_between_status_checks = property(
    lambda executor: 1, lambda executor, seconds: None
)
main()

"""Where the time of a run went, as a table for the terminal."""

from pathlib import Path

from rockrec.plain.stage_times import stage_times


def time_table(results: str) -> str:
    """Return jobs and wall time per stage (rule), longest first, as text."""
    lines = [f"{'stage':<24}{'jobs':>6}{'total s':>10}{'longest s':>12}"]
    for stage in stage_times(Path(results, "benchmarks")):
        lines.append(f"{stage.stage:<24}{stage.jobs:>6}{stage.total:>10.1f}{stage.longest:>12.1f}")
    return "\n".join(lines)

"""Where the time of a run went, read from Snakemake's benchmark files."""

import csv
from collections import defaultdict
from pathlib import Path


def time_table(results: str) -> str:
    """Return a table of jobs and wall time per stage (rule), longest first, as text."""
    seconds = defaultdict(list)
    for path in sorted(Path(results, "benchmarks").rglob("*.tsv")):
        with open(path, newline="", encoding="utf-8") as file:
            seconds[path.stem] += [float(row["s"]) for row in csv.DictReader(file, delimiter="\t")]
    lines = [f"{'stage':<24}{'jobs':>6}{'total s':>10}{'longest s':>12}"]
    for stage, times in sorted(seconds.items(), key=lambda item: -sum(item[1])):
        lines.append(f"{stage:<24}{len(times):>6}{sum(times):>10.1f}{max(times):>12.1f}")
    return "\n".join(lines)

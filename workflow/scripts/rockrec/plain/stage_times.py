"""Where the time of a run went, read from Snakemake's benchmark files."""

import csv
import os
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class StageTime(NamedTuple):
    """Wall time of a stage's jobs, seconds."""

    stage: str
    jobs: int
    total: float
    longest: float


def stage_times(benchmarks: str | os.PathLike) -> list[StageTime]:
    """Sum the wall time of each stage (rule), the longest first.

    Parameters
    ----------
    benchmarks : folder of ``<anything>/<rule>.tsv`` files with a column ``s``.
    """
    seconds = defaultdict(list)
    for path in sorted(Path(benchmarks).rglob("*.tsv")):
        with open(path, newline="", encoding="utf-8") as file:
            seconds[path.stem] += [float(row["s"]) for row in csv.DictReader(file, delimiter="\t")]
    stages = [StageTime(name, len(s), sum(s), max(s)) for name, s in seconds.items() if s]
    return sorted(stages, key=lambda stage: -stage.total)

"""Make the report: one page that tells what was run and what came out."""

from pathlib import Path

import pandas as pd
import yaml

from logbook import logged
from rockrec.outputs import written_whole
from rockrec.report.page import Figure, Report, render
from rockrec.report.times import stage_times
from rockrec.report.versions import versions


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    page = Path(snakemake.output[0])
    report = Report(
        versions=versions(),
        settings=yaml.safe_dump(params.settings, sort_keys=False, allow_unicode=True),
        scores=by_name(params.scored, map(pd.read_csv, inputs.scores)),
        res=by_name(params.samples, map(pd.read_csv, inputs.res)),
        figures=[
            Figure(figure["title"], figure["caption"], Path(path).read_bytes())
            for figure, path in zip(params.figures, inputs.figures, strict=True)
        ],
        tables=by_name(params.tables, (Path(path).read_text("utf-8") for path in inputs.tables)),
        times=stage_times(page.parent / "benchmarks"),
    )
    with written_whole(page) as partial:
        partial.write_text(render(report), encoding="utf-8")


def by_name(names, values):
    return dict(zip(names, values, strict=True))


main()

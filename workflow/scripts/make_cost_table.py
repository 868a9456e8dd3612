"""Make the table of costs: training, sampling, speed-up over annealing."""

import json
from pathlib import Path

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import cost_fragment
from rockrec.tables.costs import Run, cost_table


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    trained = zip(map(tuple, params.networks), inputs.history, strict=True)
    histories = {run: pd.read_csv(path) for run, path in trained}
    table = cost_table(
        Run(*run, json.loads(Path(path).read_text(encoding="utf-8")), histories.get(tuple(run)))
        for run, path in zip(params.runs, inputs.provenance, strict=True)
    )
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(cost_fragment(table), encoding="utf-8")


main()

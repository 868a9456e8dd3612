"""Make table S2: the settings of an experiment's methods."""

import json
from pathlib import Path

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import settings_fragment
from rockrec.tables.costs import Run
from rockrec.tables.settings import settings_table


@logged(snakemake)
def main():
    runs = [
        Run(*run, json.loads(Path(path).read_text(encoding="utf-8")))
        for run, path in zip(snakemake.params.runs, snakemake.input.provenance, strict=True)
    ]
    table = settings_table(runs, snakemake.params.paper)
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(settings_fragment(table), encoding="utf-8")


main()

"""Make table S1 for people: the networks of an experiment, layer by layer."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import architecture_fragment


@logged(snakemake)
def main():
    table = pd.read_csv(snakemake.input.csv).fillna({"details": ""})
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(architecture_fragment(table), encoding="utf-8")


main()

"""Make the table of costs: training, sampling, speed-up over annealing."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import cost_fragment
from rockrec.tables.costs import Replicate, cost_table


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    trained = zip(params.whose["history"], inputs.history, strict=True)
    histories = {tuple(network): pd.read_csv(path) for network, path in trained}
    made = zip(params.whose["provenance"], inputs.provenance, strict=True)
    table = cost_table(
        Replicate.read(owner, path, histories.get(tuple(owner))) for owner, path in made
    )
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(cost_fragment(table), encoding="utf-8")


main()

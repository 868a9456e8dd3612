"""Make table S1: the networks of an experiment, layer by layer."""

import pandas as pd

from logbook import logged
from rockrec.outputs import written_whole
from rockrec.report.sheets import architecture_fragment
from rockrec.tables.architectures import architecture_table


@logged(snakemake)
def main():
    networks = map(tuple, snakemake.params.networks)
    layers = {
        network: pd.read_csv(path, dtype={"height": "Int64", "width": "Int64"})
        for network, path in zip(networks, snakemake.input.layers, strict=True)
    }
    table = architecture_table(layers)
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(architecture_fragment(table), encoding="utf-8")


main()

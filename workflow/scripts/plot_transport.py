"""Plot how tiles conduct, real and reconstructed."""

import pandas as pd

from rockrec.figures.style import REAL, save
from rockrec.figures.transport import plot_transport
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    params = snakemake.params
    samples = {}
    for sample, path in zip(params.samples, snakemake.input.transport, strict=True):
        table = pd.read_csv(path)
        sources = {REAL: "heldout"} | {method: method for method in params.methods}
        samples[sample] = {name: table[table["source"] == key] for name, key in sources.items()}
    save(plot_transport(samples), *snakemake.output, dpi=snakemake.params.dpi)


main()

"""Plot figure 8: area and orientation of pores, real and reconstructed."""

import pandas as pd

from rockrec.figures.pores import plot_pores
from rockrec.figures.style import REAL, save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    params = snakemake.params
    samples = {}
    for sample, path in zip(params.samples, snakemake.input.pores, strict=True):
        pores = pd.read_csv(path)
        sources = {REAL: "heldout"} | {method: method for method in params.methods}
        samples[sample] = {name: pores[pores["source"] == key] for name, key in sources.items()}
    save(plot_pores(samples), *snakemake.output, dpi=snakemake.params.dpi)


main()

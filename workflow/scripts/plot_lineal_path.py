"""Plot figure 7: lineal-path function, real and reconstructed."""

import pandas as pd

from rockrec.figures.lineal_path import plot_lineal_path
from rockrec.figures.sources import by_sample
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    samples = by_sample(
        params.samples, params.methods, inputs.heldout, inputs.reconstructed, pd.read_csv
    )
    save(plot_lineal_path(samples), *snakemake.output, dpi=snakemake.params.dpi)


main()

"""Plot figures 9 and 10: descriptors of one sample, real and reconstructed."""

import pandas as pd

from rockrec.figures.descriptors import plot_sample_descriptors
from rockrec.figures.style import REAL, save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    reconstructed = map(pd.read_csv, inputs.reconstructed)
    sources = {REAL: pd.read_csv(inputs.heldout)}
    sources |= dict(zip(params.methods, reconstructed, strict=True))
    figure = plot_sample_descriptors(snakemake.wildcards.sample, sources, params.quantity)
    save(figure, *snakemake.output, dpi=params.dpi)


main()

"""Plot figure 4: polytope functions, real and reconstructed."""

import pandas as pd

from rockrec.figures.polytope_curves import plot_polytope_curves
from rockrec.figures.sources import by_sample
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    samples = by_sample(
        params.samples, params.methods, inputs.heldout, inputs.reconstructed, pd.read_csv
    )
    figure = plot_polytope_curves(samples, params.quantity)
    save(figure, *snakemake.output, dpi=snakemake.params.dpi)


main()

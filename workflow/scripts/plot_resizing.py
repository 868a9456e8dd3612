"""Plot what reducing windows to tiles does to phase fraction and lineal path."""

import pandas as pd

from rockrec.figures.resizing import plot_resizing
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    tables = map(pd.read_csv, snakemake.input.resizing)
    samples = dict(zip(snakemake.params.samples, tables, strict=True))
    save(plot_resizing(samples), *snakemake.output, dpi=snakemake.params.dpi)


main()

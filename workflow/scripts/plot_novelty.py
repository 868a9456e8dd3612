"""Plot which pixels of the methods' tiles are copied, and from where."""

import pandas as pd

from rockrec.figures.novelty import plot_novelty
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.novelty.maps import read_maps


@logged(snakemake)
def main():
    inputs, samples = snakemake.input, snakemake.params.samples
    maps = dict(zip(samples, map(read_maps, inputs.maps), strict=True))
    tables = dict(zip(samples, map(pd.read_csv, inputs.tables), strict=True))
    save(plot_novelty(maps, tables), *snakemake.output, dpi=snakemake.params.dpi)


main()

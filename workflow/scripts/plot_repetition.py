"""Plot figure 6: tiles at large, with repetition marked where the diagnosis found it."""

import pandas as pd

from rockrec.figures.repetition import plot_repetition, repetition_of
from rockrec.figures.sources import tiles_by_sample
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    samples = tiles_by_sample(
        params.samples, params.methods, inputs.tiles, inputs.tables, inputs.realisations
    )
    found = [repetition_of(pd.read_csv(path)) for path in inputs.diagnosis]
    figure = plot_repetition(samples, dict(zip(params.samples, found, strict=True)))
    save(figure, *snakemake.output, dpi=params.dpi)


main()

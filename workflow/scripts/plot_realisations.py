"""Plot figure 3: real tiles beside realisations of each method."""

from rockrec.figures.realisations import plot_realisations
from rockrec.figures.sources import tiles_by_sample
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    samples = tiles_by_sample(
        params.samples, params.methods, inputs.tiles, inputs.tables, inputs.realisations
    )
    save(plot_realisations(samples), *snakemake.output, dpi=params.dpi)


main()

"""Plot figure 1: what the descriptors look for, drawn on real tiles."""

from rockrec.figures.shapes import plot_shapes
from rockrec.figures.sources import heldout_tiles
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    tiles = map(heldout_tiles, inputs.tiles, inputs.tables)
    figure = plot_shapes(dict(zip(params.samples, tiles, strict=True)))
    save(figure, *snakemake.output, dpi=params.dpi)


main()

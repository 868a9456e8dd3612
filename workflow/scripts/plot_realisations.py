"""Plot figure 3: real tiles beside realisations of each method."""

import pandas as pd

from logbook import logged
from rockrec.figures.realisations import Tiles, plot_realisations
from rockrec.figures.sources import by_sample
from rockrec.figures.style import save
from rockrec.images import in_pieces, read_stack, stack_pixel_size


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    table_of = dict(zip(inputs.tiles, inputs.tables, strict=True))
    size = read_stack(inputs.tiles[0]).shape[1]

    def read(path):
        tiles = read_stack(path)
        if path in table_of:
            tiles = tiles[(pd.read_csv(table_of[path])["split"] == "heldout").to_numpy()]
        return Tiles(in_pieces(tiles, size), stack_pixel_size(path))

    samples = by_sample(params.samples, params.methods, inputs.tiles, inputs.realisations, read)
    save(plot_realisations(samples), snakemake.output.pdf, snakemake.output.png)


main()

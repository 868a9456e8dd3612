"""Plot figure S1: many tiles of one sample, and the S2 curve of each."""

from rockrec.description import load_description
from rockrec.figures.diversity import Described, plot_diversity
from rockrec.figures.sources import heldout_tiles, realised_tiles
from rockrec.figures.style import REAL, save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    real = heldout_tiles(inputs.tiles, inputs.tables)
    sources = {REAL: Described(real, load_description(inputs.heldout)["S2"])}
    size = real.images.shape[1]
    files = zip(params.methods, inputs.realisations, inputs.reconstructed, strict=True)
    for method, realisations, descriptors in files:
        tiles = realised_tiles(realisations, size)
        sources[method] = Described(tiles, load_description(descriptors)["S2"])
    figure = plot_diversity(snakemake.wildcards.sample, sources, params.diversity_tiles)
    save(figure, *snakemake.output, dpi=params.dpi)


main()

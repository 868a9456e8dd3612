"""Plot walks through the latent space of networks, and real tiles projected into it."""

from rockrec.figures.latent_space import plot_latent_space
from rockrec.figures.sources import labels_of
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.images import read_stack


@logged(snakemake)
def main():
    films, pairs = (
        dict(zip(labels_of(snakemake.params.whose[name]), map(read_stack, paths), strict=True))
        for name, paths in (("films", snakemake.input.films), ("pairs", snakemake.input.pairs))
    )
    save(plot_latent_space(films, pairs), *snakemake.output, dpi=snakemake.params.dpi)


main()

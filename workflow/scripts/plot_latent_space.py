"""Plot walks through the latent space of networks, and real tiles projected into it."""

from pathlib import Path

from rockrec.figures.latent_space import plot_latent_space
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.images import read_stack


@logged(snakemake)
def main():
    films, pairs = (
        {label(path): read_stack(path) for path in paths}
        for paths in (snakemake.input.films, snakemake.input.pairs)
    )
    save(plot_latent_space(films, pairs), *snakemake.output, dpi=snakemake.params.dpi)


def label(path):
    """Name a network by sample, method and replicate."""
    sample, _, *run = Path(path).parts[-5:-1]
    return f"{sample}, {'/'.join(run)}"


main()

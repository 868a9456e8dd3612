"""Plot figure 2b: losses and S2 error of the networks over training."""

import pandas as pd

from logbook import logged
from rockrec.figures.history import plot_history
from rockrec.figures.style import save


@logged(snakemake)
def main():
    paths = zip(snakemake.params.labels, snakemake.input.history, strict=True)
    histories = {label: pd.read_csv(path) for label, path in paths}
    save(plot_history(histories), snakemake.output.pdf, snakemake.output.png)


main()

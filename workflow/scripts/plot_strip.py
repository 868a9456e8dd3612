"""Plot what the networks draw at the same latent vectors over the training."""

import numpy as np
import pandas as pd

from rockrec.figures.sources import training_labels
from rockrec.figures.strip import Strip, plot_strips
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    strips, histories = snakemake.input.strips, snakemake.input.history
    read_ones = map(read, strips, histories)
    strips = dict(zip(training_labels(strips), read_ones, strict=True))
    save(plot_strips(strips), *snakemake.output, dpi=snakemake.params.dpi)


def read(strip, history):
    table = pd.read_csv(history)
    kept = table.loc[table["kept"].astype(bool), "step"]
    with np.load(strip, allow_pickle=False) as file:
        return Strip(file["steps"], file["tiles"], int(kept.iloc[0]))


main()

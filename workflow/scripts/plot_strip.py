"""Plot what the networks draw at the same latent vectors over the training."""

import numpy as np
import pandas as pd

from rockrec.figures.sources import labels_of
from rockrec.figures.strip import Strip, plot_strips
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    labels = labels_of(snakemake.params.whose["strips"])
    strips = map(read, snakemake.input.strips, snakemake.input.history)
    save(
        plot_strips(dict(zip(labels, strips, strict=True))),
        *snakemake.output,
        dpi=snakemake.params.dpi,
    )


def read(strip, history):
    table = pd.read_csv(history)
    kept = table.loc[table["kept"].astype(bool), "step"]
    with np.load(strip, allow_pickle=False) as file:
        return Strip(file["steps"], file["tiles"], int(kept.iloc[0]))


main()

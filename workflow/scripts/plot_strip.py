"""Plot what the networks draw at the same latent vectors over the training."""

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.figures.strip import Strip, plot_strips
from rockrec.figures.style import save


@logged(snakemake)
def main():
    inputs = snakemake.input
    strips = {
        label: read(strip, history)
        for label, strip, history in zip(
            snakemake.params.labels, inputs.strips, inputs.history, strict=True
        )
    }
    save(plot_strips(strips), snakemake.output.pdf, snakemake.output.png)


def read(strip, history):
    table = pd.read_csv(history)
    kept = table.loc[table["kept"].astype(bool), "step"]
    with np.load(strip, allow_pickle=False) as file:
        return Strip(file["steps"], file["tiles"], int(kept.iloc[0]))


main()

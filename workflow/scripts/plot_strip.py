"""Plot what the networks draw at the same latent vectors over the training."""

from pathlib import Path

import numpy as np
import pandas as pd

from logbook import logged
from rockrec.figures.strip import Strip, plot_strips
from rockrec.figures.style import save


@logged(snakemake)
def main():
    files = zip(snakemake.input.strips, snakemake.input.history, strict=True)
    strips = {label(strip): read(strip, history) for strip, history in files}
    save(plot_strips(strips), *snakemake.output, dpi=snakemake.params.dpi)


def label(path):
    """Name a training by sample, method and replicate."""
    sample, _, *run = Path(path).parts[-5:-1]
    return f"{sample}, {'/'.join(run)}"


def read(strip, history):
    table = pd.read_csv(history)
    kept = table.loc[table["kept"].astype(bool), "step"]
    with np.load(strip, allow_pickle=False) as file:
        return Strip(file["steps"], file["tiles"], int(kept.iloc[0]))


main()

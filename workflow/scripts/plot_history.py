"""Plot figure 2: the workflow, and how each reconstruction was fitted."""

from pathlib import Path

import pandas as pd

from logbook import logged
from rockrec.figures.history import plot_history
from rockrec.figures.style import save


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    trainings = {label(path): pd.read_csv(path) for path in inputs.trainings}
    annealings = {}
    for path in inputs.annealings:
        sample, _, *run = Path(path).parts[-5:-1]
        annealings.setdefault(sample, {})["/".join(run)] = pd.read_csv(path)
    figure = plot_history(params.kinds, trainings, annealings)
    save(figure, *snakemake.output, dpi=params.dpi)


def label(path):
    """Name a training by sample, method and replicate."""
    sample, _, *run = Path(path).parts[-5:-1]
    return f"{sample}, {'/'.join(run)}"


main()

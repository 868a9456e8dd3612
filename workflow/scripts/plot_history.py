"""Plot figure 2: the workflow, and how each reconstruction was fitted."""

from pathlib import Path

import pandas as pd

from rockrec.figures.history import plot_history
from rockrec.figures.sources import training_labels
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    labels = training_labels(inputs.trainings)
    trainings = dict(zip(labels, map(pd.read_csv, inputs.trainings), strict=True))
    annealings = {}
    for path in inputs.annealings:
        sample, _, *run = Path(path).parts[-5:-1]
        annealings.setdefault(sample, {})["/".join(run)] = pd.read_csv(path)
    figure = plot_history(params.kinds, trainings, annealings)
    save(figure, *snakemake.output, dpi=params.dpi)


main()

"""Plot figure 2: the workflow, and how each reconstruction was fitted."""

import pandas as pd

from rockrec.figures.history import plot_history
from rockrec.figures.sources import labels_of
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    labels = labels_of(params.whose["trainings"])
    trainings = dict(zip(labels, map(pd.read_csv, inputs.trainings), strict=True))
    annealings = {}
    owners = params.whose["annealings"]
    for (sample, _, method, replicate, _), path in zip(owners, inputs.annealings, strict=True):
        annealings.setdefault(sample, {})[f"{method}/{replicate}"] = pd.read_csv(path)
    figure = plot_history(params.kinds, trainings, annealings)
    save(figure, *snakemake.output, dpi=params.dpi)


main()

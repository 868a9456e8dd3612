"""Compare every method's realisations with real tiles."""

import pandas as pd

from logbook import logged
from rockrec.comparison import compare_sets
from rockrec.description import load_description
from rockrec.outputs import written_whole
from rockrec.seeds import seed_for


@logged(snakemake)
def main():
    params, evaluation = snakemake.params, snakemake.params.evaluation
    train = load_description(snakemake.input.train)
    heldout = load_description(snakemake.input.heldout)

    def rows(reconstructed, real, against, method, replicate, targeted):
        return compare_sets(
            reconstructed,
            real,
            against=against,
            method=method,
            replicate=replicate,
            targeted=targeted,
            floor_source=heldout,
            seed=seed_for(params.seed, *snakemake.wildcards, method, replicate, against),
            n_pairs=evaluation["pairs"],
            n_per_set=evaluation["set_size"],
            permutations=evaluation["permutations"],
            max_lag=evaluation["max_lag"],
        )

    tables = [rows(train, heldout, "heldout", "real", "", ())]
    for run, path in zip(params.runs, snakemake.input.realisations, strict=True):
        method, replicate = run.split("/")
        reconstructed = load_description(path)
        for against, real in (("heldout", heldout), ("train", train)):
            targeted = params.targeted[method]
            tables.append(rows(reconstructed, real, against, method, replicate, targeted))
    with written_whole(snakemake.output.errors) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

"""Compare every method's realisations with real tiles."""

import pandas as pd

from rockrec.comparison import PoreSet, compare_pores, compare_sets
from rockrec.description import load_description
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.seeds import seed_for


@logged(snakemake)
def main():
    inputs, params, evaluation = snakemake.input, snakemake.params, snakemake.params.evaluation
    pores = dict(list(pd.read_csv(inputs.pores).groupby("source", sort=False)))
    no_pores = pd.read_csv(inputs.pores, nrows=0)

    def read(source, path):
        described = load_description(path)
        n_tiles = min(len(described["phase_fraction"]), params.pore_tiles)
        return described, PoreSet(pores.get(source, no_pores), n_tiles)

    real = {part: read(part, inputs[part]) for part in ("heldout", "train")}

    def rows(reconstructed, against, method, replicate, targeted):
        common = {
            "against": against,
            "method": method,
            "replicate": replicate,
            "seed": seed_for(params.seed, *snakemake.wildcards, method, replicate, against),
            "n_pairs": evaluation["pairs"],
            "n_per_set": evaluation["set_size"],
            "permutations": evaluation["permutations"],
        }
        (described, its_pores), (real_described, real_pores) = reconstructed, real[against]
        floor_described, floor_pores = real["heldout"]
        sets = compare_sets(
            described,
            real_described,
            targeted=targeted,
            floor_source=floor_described,
            max_lag=evaluation["max_lag"],
            **common,
        )
        boundary = str(described["boundary"])
        of_pores = compare_pores(
            its_pores, real_pores, floor_source=floor_pores, boundary=boundary, **common
        )
        of_sets = sets.iloc[0][["one_phase_a", "one_phase_b", "phi_sd_a", "phi_sd_b"]]
        return pd.concat([sets, of_pores.assign(**of_sets)], ignore_index=True)

    tables = [rows(real["train"], "heldout", "real", "", ())]
    for run, path in zip(params.runs, inputs.realisations, strict=True):
        method, replicate = run.split("/")
        reconstructed = read(run, path)
        for against in real:
            targeted = params.targeted[method]
            tables.append(rows(reconstructed, against, method, replicate, targeted))
    with written_whole(snakemake.output.errors) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

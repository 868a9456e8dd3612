"""Compare every method's realisations with real tiles."""

import pandas as pd

from rockrec.comparison import PoreSet, Source, WidthSet, compare_sources
from rockrec.description import load_description
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.seeds import seed_for


@logged(snakemake)
def main():
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    measured = {name: pd.read_csv(inputs[name]) for name in ("pores", "transport", "widths")}

    def read(name, path):
        described = load_description(path)
        pores, transport, widths = (t[t["source"] == name] for t in measured.values())
        n_tiles = min(len(described["phase_fraction"]), params.pore_tiles)
        return Source(
            described, PoreSet(pores, n_tiles), transport, WidthSet(widths, len(transport))
        )

    real = {part: read(part, inputs[part]) for part in ("heldout", "train")}

    def compared(source, against, method, replicate, targeted):
        names = wildcards.sample, wildcards.experiment, method, replicate, against
        return compare_sources(
            source,
            real[against],
            floor_source=real["heldout"],
            against=against,
            method=method,
            replicate=replicate,
            targeted=targeted,
            seed=seed_for(params.seed, *names),
            n_pairs=params.evaluation["pairs"],
            n_per_set=params.evaluation["set_size"],
            permutations=params.evaluation["permutations"],
            max_lag=params.evaluation["max_lag"],
        )

    tables = [compared(real["train"], "heldout", "real", "", ())]
    for (method, replicate), path in zip(params.methods, inputs.realisations, strict=True):
        source = read(f"{method}/{replicate}", path)
        for against in real:
            tables.append(compared(source, against, method, replicate, params.targeted[method]))
    with written_whole(snakemake.output.errors) as partial:
        pd.concat(tables, ignore_index=True).to_csv(partial, index=False)


main()

"""Make the table of claims: the paper's statements, held against this run."""

import pandas as pd

from rockrec.claims import Evidence, assess_claims
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.claims import claim_fragment
from rockrec.tables.by_method import read_by_method


@logged(snakemake)
def main():
    table = assess_claims(evidence(snakemake.input, snakemake.params))
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(claim_fragment(table), encoding="utf-8")


def evidence(inputs, params):
    """Read the files of each sample of each experiment."""

    def files_of(name, *owner):
        """The files of an input by what the rest of their owners' names says, for an owner."""
        named = zip(params.whose[name], inputs.get(name), strict=True)
        return {tuple(k[len(owner) :]): path for k, path in named if k[: len(owner)] == [*owner]}

    def of_methods(name, *scene):
        found = files_of(name, *scene).items()
        return {
            f"{method}/{replicate}": pd.read_csv(path) for (method, replicate, _), path in found
        }

    for told in params.scenes:
        sample, experiment = scene = told["sample"], told["experiment"]
        errors, diagnosis, pores, real = (
            files_of(name, *scene)[()] for name in ("errors", "diagnosis", "pores", "real")
        )
        costs = read_by_method(files_of("costs", experiment)[()])
        yield Evidence(
            experiment,
            sample,
            told["settings"],
            read_by_method(errors),
            read_by_method(diagnosis),
            pd.read_csv(pores),
            pd.read_csv(real),
            of_methods("curves", *scene),
            of_methods("histories", *scene),
            costs[costs["sample"] == sample],
            pd.read_csv(files_of("res", sample)[()]),
        )


main()

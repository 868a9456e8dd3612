"""Make the table of claims: the paper's statements, held against this run."""

import pandas as pd

from rockrec.claims import Evidence, assess_claims
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.claims import claim_fragment
from rockrec.tables.by_method import read_by_method


@logged(snakemake)
def main():
    table = assess_claims(evidence(snakemake.input, snakemake.params.scenes))
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(claim_fragment(table), encoding="utf-8")


def evidence(inputs, scenes):
    """Read the files of each sample of each experiment, which the inputs list in this order."""
    curves, histories = iter(inputs.curves), iter(inputs.histories)
    files = zip(
        *(inputs.errors, inputs.diagnosis, inputs.pores, inputs.real, inputs.res, inputs.costs),
        strict=True,
    )
    for scene, (errors, diagnosis, pores, real, res, costs) in zip(scenes, files, strict=True):
        cost_lines = read_by_method(costs)
        yield Evidence(
            scene["experiment"],
            scene["sample"],
            scene["settings"],
            read_by_method(errors),
            read_by_method(diagnosis),
            pd.read_csv(pores),
            pd.read_csv(real),
            {run: pd.read_csv(next(curves)) for run in scene["runs"]},
            {run: pd.read_csv(next(histories)) for run in scene["networks"]},
            cost_lines[cost_lines["sample"] == scene["sample"]],
            pd.read_csv(res),
        )


main()

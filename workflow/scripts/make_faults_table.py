"""Make the table of faults: diagnoses and the classifier's accuracy, all samples together."""

import pandas as pd

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.faults import fault_fragment, fault_table


@logged(snakemake)
def main():
    inputs, samples = snakemake.input, snakemake.params.samples
    as_read = {"dtype": {"replicate": str}, "keep_default_na": True}
    table = fault_table(
        {
            sample: (pd.read_csv(diagnosis, **as_read), pd.read_csv(classifier, **as_read))
            for sample, diagnosis, classifier in zip(
                samples, inputs.diagnosis, inputs.classifier, strict=True
            )
        }
    )
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(fault_fragment(table), encoding="utf-8")


main()

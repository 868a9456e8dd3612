"""Make the table of faults: diagnoses, novelty and the classifier's accuracy, all samples."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.faults import fault_fragment, fault_table
from rockrec.tables.by_method import read_by_method


@logged(snakemake)
def main():
    inputs, samples = snakemake.input, snakemake.params.samples
    table = fault_table(
        {
            sample: tuple(map(read_by_method, tables))
            for sample, *tables in zip(
                samples, inputs.diagnosis, inputs.novelty, inputs.classifier, strict=True
            )
        }
    )
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(fault_fragment(table), encoding="utf-8")


main()

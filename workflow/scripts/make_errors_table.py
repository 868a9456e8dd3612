"""Make table S3 (S4): errors, floors and verdicts of all samples of an experiment."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.errors import error_fragment
from rockrec.tables.by_method import read_by_method
from rockrec.tables.errors import error_table


@logged(snakemake)
def main():
    paths = zip(snakemake.params.samples, snakemake.input.errors, strict=True)
    table = error_table({sample: read_by_method(path) for sample, path in paths})
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(error_fragment(table), encoding="utf-8")


main()

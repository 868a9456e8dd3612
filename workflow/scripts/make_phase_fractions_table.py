"""Make the table of phase fractions, with their intervals."""

import json
from pathlib import Path

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import fraction_fragment
from rockrec.tables.phase_fractions import fraction_table


@logged(snakemake)
def main():
    told = {
        sample: json.loads(Path(path).read_text(encoding="utf-8"))
        for (sample,), path in zip(
            snakemake.params.whose["fractions"], snakemake.input.fractions, strict=True
        )
    }
    table = fraction_table(told)
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(fraction_fragment(table), encoding="utf-8")


main()

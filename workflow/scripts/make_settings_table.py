"""Make table S2: the settings of an experiment's methods."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.report.sheets import settings_fragment
from rockrec.tables.costs import Replicate
from rockrec.tables.settings import settings_table


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    made = zip(params.whose["provenance"], inputs.provenance, strict=True)
    table = settings_table((Replicate.read(owner, path) for owner, path in made), params.paper)
    with written_whole(snakemake.output.csv) as partial:
        table.to_csv(partial, index=False)
    with written_whole(snakemake.output.html) as partial:
        partial.write_text(settings_fragment(table), encoding="utf-8")


main()

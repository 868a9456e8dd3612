"""Measure how training and held-out tiles and every method's realisations conduct."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.measured import by_source, measured_sets
from rockrec.transport import measure_diffusivity


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    labels = ["/".join(one) for one in params.methods]
    realisations = dict(zip(labels, inputs.realisations, strict=True))
    sets = measured_sets(inputs.tiles, inputs.table, realisations, params.transport["tiles"])
    tables = {
        source: measure_diffusivity(tiles, params.transport["contrast"]) for source, tiles in sets
    }
    with written_whole(snakemake.output.transport) as partial:
        by_source(tables).to_csv(partial, index=False)


main()

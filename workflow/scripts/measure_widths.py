"""Measure widths of the phase in real tiles and in every method's realisations."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import stack_pixel_size
from rockrec.measured import by_source, measured_sets
from rockrec.transport import measure_widths


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    labels = ["/".join(one) for one in params.methods]
    realisations = dict(zip(labels, inputs.realisations, strict=True))
    sets = measured_sets(inputs.tiles, inputs.table, realisations, params.n_tiles)
    pixel_size_nm = stack_pixel_size(inputs.tiles)
    tables = {source: measure_widths(tiles, pixel_size_nm) for source, tiles in sets}
    with written_whole(snakemake.output.widths) as partial:
        by_source(tables).to_csv(partial, index=False)


main()

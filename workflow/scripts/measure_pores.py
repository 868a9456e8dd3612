"""Measure single pores of training and held-out tiles and of every method's realisations."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import stack_pixel_size
from rockrec.measured import by_source, measured_sets
from rockrec.pores import measure_pores


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    labels = ["/".join(one) for one in params.methods]
    realisations = dict(zip(labels, inputs.realisations, strict=True))
    sets = measured_sets(inputs.tiles, inputs.table, realisations, params.pores["tiles"])
    pixel_size_nm = stack_pixel_size(inputs.tiles)
    tables = {
        source: measure_pores(tiles, pixel_size_nm, params.pores["drop_border"])
        for source, tiles in sets
    }
    with written_whole(snakemake.output.pores) as partial:
        by_source(tables).to_csv(partial, index=False)


main()

"""Describe the realisations of a method, larger ones in pieces of the tiles' size."""

from rockrec.comparison import curve_table
from rockrec.description import describe_set, save_description
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import in_pieces, read_stack, stack_pixel_size


@logged(snakemake)
def main():
    path, params = snakemake.input.realisations, snakemake.params
    tiles = in_pieces(read_stack(path), params.size)
    description = describe_set(tiles, stack_pixel_size(path), params.boundary)
    save_description(snakemake.output.descriptors, description)
    with written_whole(snakemake.output.curves) as partial:
        curve_table(description).to_csv(partial, index=False)


main()

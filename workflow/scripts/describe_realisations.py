"""Describe the realisations of a method."""

from logbook import logged
from rockrec.comparison import curve_table
from rockrec.description import describe_set, save_description
from rockrec.images import read_stack, stack_pixel_size
from rockrec.outputs import written_whole


@logged(snakemake)
def main():
    path = snakemake.input.realisations
    description = describe_set(read_stack(path), stack_pixel_size(path), snakemake.params.boundary)
    save_description(snakemake.output.descriptors, description)
    with written_whole(snakemake.output.curves) as partial:
        curve_table(description).to_csv(partial, index=False)


main()

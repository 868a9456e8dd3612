"""Take in a stack of binary images that another tool made."""

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import (
    ImageError,
    read_external_stack,
    read_stack,
    stack_pixel_size,
    write_stack,
)


@logged(snakemake)
def main():
    path, tiles = snakemake.input.stack, snakemake.input.tiles
    stack = read_external_stack(path)
    size = read_stack(tiles).shape[1:]
    if stack.shape[1:] != size:
        raise ImageError(f"{path}: images of {stack.shape[1:]} px, the tiles are {size} px")
    write_stack(snakemake.output.realisations, stack, stack_pixel_size(tiles))
    write_provenance(
        snakemake.output.provenance, inputs=[path, tiles], settings={"kind": "external"}
    )


main()

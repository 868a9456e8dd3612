"""Take in a stack of binary images that another tool made."""

import logging

from rockrec.external_stacks import read_external_stack
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.provenance import write_provenance
from rockrec.images import (
    ImageError,
    read_stack,
    stack_pixel_size,
    write_stack,
)

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, tiles = snakemake.input.stack, snakemake.input.tiles
    stack = read_external_stack(path)
    log.info("%s: %d images of %d x %d px", path, *stack.shape)
    size = read_stack(tiles).shape[1:]
    if stack.shape[1:] != size:
        sides = [f"{height} x {width} px" for height, width in (stack.shape[1:], size)]
        raise ImageError(f"{path}: images of {sides[0]}, the tiles have {sides[1]}")
    write_stack(snakemake.output.realisations, stack, stack_pixel_size(tiles))
    write_provenance(
        snakemake.output.provenance, inputs=[path, tiles], settings={"kind": "external"}
    )


main()

"""``rockrec compare``: how far reconstructed images are from real ones."""

import argparse
import logging
from pathlib import Path

from rockrec.command.parsing import (
    add_boundary,
    add_phase,
    add_pixel_size,
    add_seed,
    whole,
)

log = logging.getLogger(__name__)

SUMMARY = "compare reconstructed images with real ones, descriptor by descriptor"
DETAILS = """
Every descriptor has a line in the table: the error of the reconstructed images, the floor (what two
sets of real images differ by, for chance alone), their ratio, and a verdict in words, for which
both sets need 30 images. Images of several sizes are compared in squares of the smallest side.

  rockrec compare realisations.tif --real tiles.tif -o errors.csv
"""
EXTRA = None
SHOWN = ["descriptor", "quantity", "form", "n_a", "n_b", "error", "floor", "ratio", "p", "verdict"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument(
        "images", nargs="+", type=Path, help="reconstructed images, or stacks of them"
    )
    parser.add_argument(
        "--real", nargs="+", type=Path, required=True, help="real images to compare them with"
    )
    add_phase(parser)
    add_pixel_size(parser, "by default what the files state")
    add_boundary(parser)
    parser.add_argument("--max-lag", type=whole(1), help="largest lag compared, px; default all")
    parser.add_argument(
        "--set-size",
        type=whole(2),
        default=128,
        help="images of each side that are drawn for a comparison (fewer where fewer exist); "
        "default %(default)s",
    )
    add_seed(parser, "the drawn sets and of the test behind the verdict")
    parser.add_argument("-o", "--output", type=Path, help="CSV for the table, with all columns")


def run(asked: argparse.Namespace) -> None:
    """Compare the images; show the table, and write it."""
    import pandas as pd

    from rockrec.command.images import pixel_size, read_images
    from rockrec.comparison import PoreSet, compare_pores, compare_sets
    from rockrec.description import describe_set
    from rockrec.housekeeping.outputs import written_whole
    from rockrec.pores import measure_pores

    # Of pixels of one size no result depends on it.
    size = pixel_size([*asked.images, *asked.real], asked.pixel_size) or 1.0
    stacks = _of_one_size([read_images(one, asked.phase) for one in (asked.images, asked.real)])
    described = [describe_set(stack, size, asked.boundary) for stack in stacks]
    pores = [PoreSet(measure_pores(stack, size), len(stack)) for stack in stacks]
    common = {
        "against": "real",
        "method": "images",
        "replicate": "",
        "seed": asked.seed,
        "n_per_set": asked.set_size,
    }
    of_sets = compare_sets(
        *described, targeted=(), floor_source=described[1], max_lag=asked.max_lag, **common
    )
    of_pores = compare_pores(*pores, boundary=asked.boundary, floor_source=pores[1], **common)
    table = pd.concat([of_sets, of_pores], ignore_index=True)
    if asked.output:
        with written_whole(asked.output) as partial:
            table.to_csv(partial, index=False)
    print(table[SHOWN].to_string(index=False, float_format="%.4g"))


def _of_one_size(sets: list[list]) -> list:
    """Make each set one stack: of images of several sizes, the squares that they hold."""
    import numpy as np

    from rockrec.images import in_pieces

    sizes = {stack.shape[1:] for one in sets for stack in one}
    if len(sizes) > 1:
        side = min(map(min, sizes))
        log.info("images of several sizes: compared in squares of %d px", side)
        sets = [[in_pieces(stack, side) for stack in one] for one in sets]
    return [np.concatenate(one) for one in sets]

"""``rockrec compare``: how far reconstructed images are from real ones."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from rockrec.command.parsing import add_output, add_phase, add_pixel_size, add_seed
from rockrec.command.settings import add_settings
from rockrec.plain.records.blocks import EvaluationBlock
from rockrec.plain.records.verdicts import FEWEST_TILES

log = logging.getLogger(__name__)

SUMMARY = "compare reconstructed images with real ones, descriptor by descriptor"
DETAILS = f"""
Every descriptor has a line in the table: the error of the reconstructed images, the floor (what two
sets of real images differ by, for chance alone), their ratio, and a verdict in words, for which
each set needs {FEWEST_TILES} images. Images of several sizes are compared in squares of the
smallest side.

  rockrec compare realisations.tif --real tiles.tif -o errors.csv
"""
EXTRA = None
SETTINGS = ("boundary", "max_lag", "set_size", "pairs", "permutations")
SHOWN = ["descriptor", "quantity", "form", "n_a", "n_b", "error", "floor", "ratio", "p", "verdict"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument(
        "images", nargs="+", type=Path, help="reconstructed images, or stacks of them"
    )
    parser.add_argument(
        "--real",
        nargs="+",
        type=Path,
        metavar="FILE",
        required=True,
        help="real images, or stacks of them",
    )
    add_phase(parser, of="reconstructed label images")
    add_phase(parser, "--real-phase", "real label images")
    add_pixel_size(parser, "by default what the files state")
    add_settings(parser, EvaluationBlock, *SETTINGS)
    add_seed(parser, "the drawn sets and of the test behind the verdict")
    add_output(parser, "CSV of the table, with all its columns,", required=False)


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
    images = read_images(asked.images, asked.phase)
    sets = images, read_images(asked.real, asked.real_phase, "--real-phase")
    stacks = _of_one_size(sets)
    described = [describe_set(stack, size, asked.boundary) for stack in stacks]
    pores = [PoreSet(measure_pores(stack, size), len(stack)) for stack in stacks]
    common = {
        "against": "real",
        "method": "reconstructed",
        "replicate": "",
        "seed": asked.seed,
        "n_per_set": asked.set_size,
        "n_pairs": asked.pairs,
        "permutations": asked.permutations,
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


def _of_one_size(sets: Sequence[list]) -> list:
    """Make each set one stack: of images of several sizes, the squares that they hold."""
    import numpy as np

    from rockrec.images import in_pieces

    sizes = {stack.shape[1:] for one in sets for stack in one}
    if len(sizes) > 1:
        side = min(map(min, sizes))
        log.info("images of several sizes: compared in squares of %d px", side)
        sets = [[in_pieces(stack, side) for stack in one] for one in sets]
    return [np.concatenate(one) for one in sets]

"""``rockrec describe``: the descriptors of segmented images, as curves over the lag."""

import argparse
import logging
import math
import sys
from pathlib import Path

from rockrec.command.parsing import (
    add_boundary,
    add_phase,
    add_pixel_size,
    plot_file,
    whole,
)

log = logging.getLogger(__name__)

SUMMARY = "measure segmented images: descriptors as curves over the distance (lag) r"
DETAILS = """
The images are segmented: binary (0 and 1, or 0 and 255), or of labels, one of which is named with
--phase. TIFF (a stack is a set of images), PNG, NumPy (.npy) and HDF5 are read. Of each descriptor
the table has the mean over the images and its 95 % band, at each lag in px and in µm.

  rockrec describe rock.tif --phase 1 --pixel-size 50 -o curves.csv --plot curves.png
"""
EXTRA = "figures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("images", nargs="+", type=Path, help="segmented images or stacks of them")
    add_phase(parser)
    add_pixel_size(parser, "by default what the file states")
    add_boundary(parser)
    parser.add_argument(
        "--functions",
        nargs="+",
        metavar="NAME",
        help="descriptors, out of S2, S2H, S2V, S2D+, S2D-, P3H, P3V, P4, P6, L, C2; default "
        "S2 P3H P3V P4 P6 L",
    )
    parser.add_argument(
        "--lags", type=whole(1), help="number of lags, 0 ... LAGS - 1 px; default half the side"
    )
    parser.add_argument("-o", "--output", type=Path, help="CSV for the curves; else they are shown")
    parser.add_argument("--plot", type=plot_file, help="draw the curves: .pdf, .png or .svg")


def run(asked: argparse.Namespace) -> None:
    """Describe the images; write or show the table, draw the plot."""
    import numpy as np

    from rockrec.command.images import pixel_size, read_images
    from rockrec.comparison import curve_table
    from rockrec.descriptors import FUNCTIONS, describe
    from rockrec.housekeeping.outputs import written_whole

    if asked.plot:  # before anything is computed: matplotlib may be missing
        pass
    size = pixel_size(asked.images, asked.pixel_size)
    stacks = read_images(asked.images, asked.phase)
    functions = asked.functions or FUNCTIONS
    n_lags = asked.lags or min(min(stack.shape[1:]) for stack in stacks) // 2
    curves = [describe(stack, functions, asked.boundary, n_lags) for stack in stacks]
    described = {name: np.concatenate([one[name] for one in curves]) for name in functions}
    described |= {
        "phase_fraction": np.concatenate([stack.mean(axis=(1, 2)) for stack in stacks]),
        "boundary": np.array(asked.boundary),
        "pixel_size_nm": np.array(math.nan if size is None else size),
    }
    if size is None:
        log.warning("no pixel size is stated, so lag_um stays empty; --pixel-size gives it")
    table = curve_table(described)
    if asked.output:
        with written_whole(asked.output) as partial:
            table.to_csv(partial, index=False)
    if asked.plot:
        _plot(table, asked.plot)
    if not (asked.output or asked.plot):
        table.to_csv(sys.stdout, index=False)


def _plot(curves, path: Path) -> None:
    import matplotlib as mpl

    from rockrec.figures.descriptors import plot_descriptors
    from rockrec.figures.style import RC
    from rockrec.housekeeping.outputs import written_whole

    figure = plot_descriptors({"images": curves})
    with mpl.rc_context(RC), written_whole(path) as partial:
        figure.savefig(partial, format=path.suffix[1:].lower(), dpi=200)

"""``rockrec describe``: the descriptors of segmented images, as curves over the lag."""

import argparse
import logging
import math
import sys
from pathlib import Path

from rockrec.command.parsing import add_output, add_phase, add_pixel_size, plot_file, whole
from rockrec.command.settings import add_settings
from rockrec.plain.records.blocks import EvaluationBlock
from rockrec.plain.records.descriptors import DESCRIPTORS, OF_PAPER

log = logging.getLogger(__name__)

SUMMARY = "measure segmented images: descriptors as curves over the distance (lag) r"
DETAILS = """
The images are segmented: binary (0 and 1, or 0 and 255), or of labels, one of which is named with
--phase. TIFF (a stack is a set of images), PNG, NumPy (.npy) and HDF5 are read. Of each descriptor
the table has the mean over the images and its 95 % band, at each lag in px and in µm.
What lies beyond the edge of an image is left out (--boundary unbiased), or the image begins there
anew (periodic), or it is done as Amiri et al. 2023 did (amiri2023).

  rockrec describe rock.tif --phase 1 --pixel-size 50 -o curves.csv --plot curves.png
"""
EXTRA = "figures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("images", nargs="+", type=Path, help="segmented images or stacks of them")
    add_phase(parser)
    add_pixel_size(parser, "by default what the file states")
    add_settings(parser, EvaluationBlock, "boundary")
    parser.add_argument(
        "--functions",
        nargs="+",
        choices=DESCRIPTORS,
        default=OF_PAPER,
        metavar="NAME",
        help=f"descriptors, out of {', '.join(DESCRIPTORS)}; default {' '.join(OF_PAPER)}",
    )
    parser.add_argument(
        "--lags", type=whole(1), metavar="N", help="lags 0 ... N - 1 px; default half the side"
    )
    add_output(parser, "CSV of the curves, which are shown otherwise,", required=False)
    parser.add_argument(
        "--plot", type=plot_file, metavar="FILE", help="draw the curves: .pdf, .png or .svg"
    )


def run(asked: argparse.Namespace) -> None:
    """Describe the images; write or show the table, draw the plot."""
    import numpy as np

    from rockrec.command.images import pixel_size, read_images
    from rockrec.comparison import curve_table
    from rockrec.descriptors import describe
    from rockrec.housekeeping.outputs import written_whole

    if asked.plot:  # before anything is computed: matplotlib may be missing
        from rockrec.figures.descriptors import plot_descriptors
        from rockrec.figures.style import shared_style
    size = pixel_size(asked.images, asked.pixel_size)
    stacks = read_images(asked.images, asked.phase)
    n_lags = asked.lags or min(min(stack.shape[1:]) for stack in stacks) // 2
    curves = [describe(stack, asked.functions, asked.boundary, n_lags) for stack in stacks]
    described = {name: np.concatenate([one[name] for one in curves]) for name in asked.functions}
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
        figure = plot_descriptors({"images": table})
        with shared_style(), written_whole(asked.plot) as partial:
            figure.savefig(partial, format=asked.plot.suffix[1:].lower(), dpi=200)
    if not (asked.output or asked.plot):
        table.to_csv(sys.stdout, index=False)

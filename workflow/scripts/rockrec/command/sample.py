"""``rockrec sample``: draw realisations from a trained generator."""

import argparse
import logging
from pathlib import Path

from rockrec.command.parsing import add_device, add_output, add_pixel_size, add_seed, whole
from rockrec.command.settings import add_settings
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.kinds.stylegan2_ada import StyleGan2Settings

log = logging.getLogger(__name__)

SUMMARY = "draw realisations from a trained network (GAN)"
DETAILS = """
The network is a model.pt that a run of the workflow has trained. The realisations are binary
(1 = phase of interest), one TIFF that Fiji opens as a stack. The same seed gives the same images.

  rockrec sample model.pt -n 1000 -o tiles.tif

A network of the kind endless draws a window of its plane as well, of any size: rows, then columns,
the same pixels in every window that has them.

  rockrec sample model.pt --window 0:4096,0:4096 -o mosaic.tif
"""
EXTRA = "gans"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("model", type=Path, help="model.pt of a trained network")
    add_output(parser, "TIFF")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("-n", "--n", type=whole(1), help="number of realisations")
    asked.add_argument(
        "--window",
        type=window,
        metavar="TOP:BOTTOM,LEFT:RIGHT",
        help="rows and columns of a plane, px (endless); --window=-64:64,0:128 for negative ones",
    )
    parser.add_argument(
        "--size",
        type=whole(1),
        metavar="PX",
        help="side of the realisations, px, a multiple of the tile's that the network was trained "
        "on; default the tile's (stylegan2_ada draws no other)",
    )
    add_seed(parser, "the realisations")
    add_pixel_size(parser, "written into the TIFF; without it the TIFF states none")
    add_device(parser)
    add_settings(parser.add_argument_group("of stylegan2_ada"), StyleGan2Settings, "truncation")


def window(text: str) -> tuple[range, range]:
    """Read a window ``top:bottom,left:right``."""
    try:
        rows, columns = (range(*map(int, part.split(":"))) for part in text.split(","))
    except (ValueError, TypeError):
        rows = columns = range(0)
    if not (rows and columns):
        raise argparse.ArgumentTypeError(f"{text!r} is no window such as 0:4096,0:4096")
    return rows, columns


def run(asked: argparse.Namespace) -> None:
    """Draw the realisations and write them."""
    from rockrec.gans.sampling import load_model, realise
    from rockrec.housekeeping.devices import choose_device
    from rockrec.images import write_stack

    model = load_model(asked.model, choose_device(asked.device))
    if asked.window is not None:
        _draw_window(model, asked)
        return
    if asked.truncation != 1 and not KINDS[model.settings.kind].walks_latent_space:
        raise ValueError(f"{model.settings.kind} has no styles for --truncation")
    realisations = realise(
        model,
        asked.n,
        asked.seed,
        how=model.settings.threshold,
        size=asked.size,
        truncation=asked.truncation,
    )
    write_stack(asked.output, realisations, asked.pixel_size)
    log.info(
        "%s: %d realisations of %d x %d px by %s of step %d, phase fraction %.4g",
        asked.output,
        *realisations.shape,
        model.settings.kind,
        model.step,
        realisations.mean(),
    )


def _draw_window(model, asked: argparse.Namespace) -> None:
    import numpy as np

    from rockrec.gans.endless.plane import Plane
    from rockrec.images import write_stack
    from rockrec.mosaics import write_mosaic

    if not KINDS[model.settings.kind].is_endless:
        raise ValueError(f"{model.settings.kind} has no plane for --window; ask for --n")
    gray = Plane(model.generator, asked.seed).window(*asked.window)
    drawn = (gray > model.level(model.settings.threshold)).astype(np.uint8)
    if asked.pixel_size is None:
        write_stack(asked.output, drawn[None], None)
    else:
        write_mosaic(asked.output, drawn, asked.pixel_size)
    log.info(
        "%s: %d x %d px by endless of step %d, phase fraction %.4g",
        *(asked.output, *drawn.shape, model.step, drawn.mean()),
    )

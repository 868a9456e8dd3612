"""``rockrec sample``: draw realisations from a trained generator."""

import argparse
import logging
from pathlib import Path

from rockrec.command.parsing import add_device, add_pixel_size, add_seed, share, whole

log = logging.getLogger(__name__)

SUMMARY = "draw realisations from a trained network (GAN)"
DETAILS = """
The network is a model.pt that a run of the workflow has trained. The realisations are binary
(1 = phase of interest), one TIFF that Fiji opens as a stack. The same seed gives the same images.

  rockrec sample model.pt -n 1000 -o tiles.tif
"""
EXTRA = "gans"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("model", type=Path, help="model.pt of a trained network")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="TIFF for the realisations"
    )
    parser.add_argument(
        "-n", "--n", type=whole(1), default=128, help="number of realisations; default %(default)s"
    )
    parser.add_argument(
        "--size",
        type=whole(1),
        help="side of the realisations, px, a multiple of the tile's that the network was trained "
        "on; default the tile's (stylegan2_ada draws no other)",
    )
    parser.add_argument(
        "--truncation",
        type=share,
        default=1.0,
        help="of stylegan2_ada, 0 to 1: below 1 they are more alike; default %(default)s",
    )
    add_seed(parser, "the realisations")
    add_pixel_size(parser, "written into the TIFF; without it the TIFF states none")
    add_device(parser)


def run(asked: argparse.Namespace) -> None:
    """Draw the realisations and write them."""
    from rockrec.gans.sampling import load_model, sample, sample_larger, threshold
    from rockrec.housekeeping.devices import choose_device
    from rockrec.images import write_stack

    model = load_model(asked.model, choose_device(asked.device))
    if asked.truncation != 1 and not hasattr(model.generator, "mean_w"):
        raise ValueError(f"{model.settings.kind} has no styles for --truncation")
    if asked.size in (None, model.size):
        gray = sample(model, asked.n, asked.seed, asked.truncation)
    else:
        gray = sample_larger(model, asked.n, asked.size, asked.seed)
    realisations = threshold(gray, model.settings.threshold, model.phase_fraction)
    write_stack(asked.output, realisations, asked.pixel_size)
    log.info(
        "%s: %d realisations of %d x %d px by %s of step %d, phase fraction %.4g",
        asked.output,
        *realisations.shape,
        model.settings.kind,
        model.step,
        realisations.mean(),
    )

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
"""
EXTRA = "gans"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("model", type=Path, help="model.pt of a trained network")
    add_output(parser, "TIFF")
    parser.add_argument("-n", "--n", type=whole(1), required=True, help="number of realisations")
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


def run(asked: argparse.Namespace) -> None:
    """Draw the realisations and write them."""
    from rockrec.gans.sampling import load_model, realise
    from rockrec.housekeeping.devices import choose_device
    from rockrec.images import write_stack

    model = load_model(asked.model, choose_device(asked.device))
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

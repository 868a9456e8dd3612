"""``rockrec anneal``: reconstruct images by simulated annealing."""

import argparse
from pathlib import Path

from rockrec.command.parsing import add_output, add_phase, add_pixel_size, add_seed, whole
from rockrec.command.settings import add_settings
from rockrec.plain.records.kinds.sa import AnnealingSettings

SUMMARY = "reconstruct segmented images by simulated annealing (Yeong-Torquato)"
DETAILS = """
Pixels of random images are swapped until the images have the descriptors of the training images,
which are segmented: one image of the rock, or a stack of tiles. The realisations are binary
(1 = phase of interest), one TIFF that Fiji opens as a stack. The same seed gives the same images.

  rockrec anneal tiles.tif -n 10 --targets S2 L -o realisations.tif
  rockrec anneal --targets S2=debye.csv -n 10 --size 128 -o realisations.tif
"""
EXTRA = None
PROBLEM = ("targets", "target", "boundary", "weights")
SCHEDULE = (
    "initial_temperature",
    "cooling",
    "stages",
    "moves_per_stage",
    "stop_energy",
    "interface_moves",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument(
        "images",
        nargs="*",
        type=Path,
        help="training images of one size, or stacks of them; none where targets are curves",
    )
    add_output(parser, "TIFF")
    parser.add_argument("-n", "--n", type=whole(1), required=True, help="number of realisations")
    parser.add_argument(
        "--size",
        type=whole(2),
        metavar="PX",
        help="side of the realisations, px; default the training images'. Larger ones are held to "
        "the descriptors up to half a training image's side, smaller ones up to half their own",
    )
    add_phase(parser)
    add_pixel_size(parser, "by default what the files state")
    add_seed(parser, "the realisations")
    add_settings(parser, AnnealingSettings, *PROBLEM)
    add_settings(parser.add_argument_group("cooling schedule"), AnnealingSettings, *SCHEDULE)


def run(asked: argparse.Namespace) -> None:
    """Anneal the realisations and write them."""
    from rockrec.annealing import anneal, tell_fits
    from rockrec.command.images import pixel_size
    from rockrec.images import write_stack

    size_nm = pixel_size(asked.images, asked.pixel_size)
    if isinstance(asked.targets, dict):
        targets, phase_fraction, shape = _of_curves(asked, size_nm)
    else:
        targets, phase_fraction, shape = _of_images(asked)
    annealed = anneal(
        targets,
        shape,
        phase_fraction,
        n=asked.n,
        seed=asked.seed,
        boundary=asked.boundary,
        weights=asked.weights,
        **{name: getattr(asked, name) for name in SCHEDULE},
    )
    tell_fits(annealed)
    write_stack(asked.output, annealed.realisations, size_nm)


def _of_curves(asked: argparse.Namespace, size_nm: float | None) -> tuple:
    """Targets, phase fraction and shape of realisations that are annealed to the user's curves."""
    from rockrec.annealing.own_curves import read_curves

    if asked.images or not asked.size:
        raise ValueError("targets that are curves need --size, and no training images")
    targets, phase_fraction = read_curves(asked.targets, size_nm, asked.size // 2)
    return targets, phase_fraction, (asked.size, asked.size)


def _of_images(asked: argparse.Namespace) -> tuple:
    """The same of those that are annealed to training images."""
    import numpy as np

    from rockrec.annealing.targets import targets_of
    from rockrec.command.images import read_images

    if not asked.images:
        raise ValueError("there are no training images, and no targets that are curves")
    stacks = read_images(asked.images, asked.phase)
    if len({stack.shape[1:] for stack in stacks}) > 1:
        raise ValueError("training images need one size")
    stack = np.concatenate(stacks)
    shape = (asked.size, asked.size) if asked.size else stack.shape[1:]
    targets, phase_fraction = targets_of(
        stack,
        range(len(stack)),
        asked.targets,
        target=asked.target,
        n=asked.n,
        seed=asked.seed,
        boundary=asked.boundary,
        n_lags=max(min(*shape, *stack.shape[1:]) // 2, 1),
    )
    return targets, phase_fraction, shape

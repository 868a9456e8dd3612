"""Compiled passes through networks, where there is a compiler."""

import logging

import torch

from rockrec.gans.adversaries import Adversaries

log = logging.getLogger(__name__)

BACKEND = "inductor"
MODES = {"passes": "default", "graphs": "reduce-overhead"}  # torch's words


def compile_passes(networks: Adversaries, how: str, device: torch.device) -> bool:
    """Have generator and discriminator compiled at their first passes; say whether they will be.

    Where there is no compiler (torch asks for one of C++ on a CPU, for Triton and one of C on a
    GPU) they pass as they are, with a warning. What is to be differentiated twice takes them
    uncompiled, see `penalties` and `stylegan2.path_length`.

    Parameters
    ----------
    how : ``none``, ``passes``, or ``graphs``: replayed as CUDA graphs besides, on a GPU.
    """
    if how == "none":
        return False
    torch.compiler.reset()  # what earlier networks in this process were compiled to
    try:
        torch.compile(torch.sin, backend=BACKEND)(torch.zeros(2, device=device))
    except Exception as error:  # whatever a compiler that is not there raises
        reason = " ".join(str(error).split())
        log.warning("compile: %s, but nothing can be compiled here: %.200s", how, reason)
        return False
    for network in (networks.generator, networks.discriminator):
        network.compile(backend=BACKEND, mode=MODES[how], dynamic=False)
    return True


def begin_step(how: str, device: torch.device) -> None:
    """Tell CUDA graphs that what they returned in the last step is no longer needed."""
    if how == "graphs" and device.type == "cuda":
        torch.compiler.cudagraph_mark_step_begin()

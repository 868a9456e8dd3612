"""The device that networks compute on, as the config names it."""

import logging
import os

import torch

log = logging.getLogger(__name__)

NAMES = ("cpu", "cuda", "auto")


def choose_device(name: str) -> torch.device:
    """Return the device that ``cpu``, ``cuda`` or ``auto`` stands for here, and log it.

    Raises
    ------
    ValueError : ``cuda`` where torch sees no GPU, or an unknown name.
    """
    if name not in NAMES:
        raise ValueError(f"device {name!r} is none of {', '.join(NAMES)}")
    gpu = torch.cuda.is_available()
    if name == "cuda" and not gpu:
        raise ValueError("device: cuda, but torch sees no GPU here")
    device = torch.device("cpu")
    if gpu and name != "cpu":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
        # TF32 in products, as torch has it in convolutions.
        torch.set_float32_matmul_precision("high")
    log.info("computing on %s", device_name(device))
    return device


def device_name(device: torch.device) -> str:
    """Return a GPU's name, or ``CPU`` with the number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"

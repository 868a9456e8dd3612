"""Turning and flipping training tiles on their device."""

import torch

from rockrec.fabric import EXCHANGED
from rockrec.gans.transfer import sent
from rockrec.plain.records.kinds.networks import NetworkSettings


def shown_motions(settings: NetworkSettings) -> tuple[str, ...]:
    """Return the motions that the discriminator is shown tiles under, which the rock must allow."""
    adaptive = (name for name in getattr(settings, "ada", ()) if name in EXCHANGED)
    return tuple(dict.fromkeys((*settings.augmentation, *adaptive)))


def moved(images: torch.Tensor, which: torch.Tensor, allowed: list) -> torch.Tensor:
    """Move each image (n, 1, size, size) by one of the motions, ``allowed[which[i]]``."""
    if len(allowed) == 1:
        return images
    out = torch.empty_like(images)
    for number, (flip, turn) in enumerate(allowed):
        # Where they are is found on the CPU, so that no GPU is waited for.
        chosen = sent((which == number).nonzero()[:, 0], images.device)
        some = images[chosen]
        out[chosen] = torch.rot90(some.flip(-1) if flip else some, turn, (-2, -1))
    return out

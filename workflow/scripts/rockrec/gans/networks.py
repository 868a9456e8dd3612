"""The untrained networks of a method."""

import torch

from rockrec.gans.adversaries import Adversaries
from rockrec.gans.settings import at_size
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.kinds.networks import NetworkSettings


def build(size: int, settings: NetworkSettings, seed: int) -> Adversaries:
    """Return the untrained networks for tiles of `size` px; the same seed, the same weights."""
    random = torch.Generator().manual_seed(seed)
    return KINDS[settings.kind].networks()(size, at_size(settings, size), random)

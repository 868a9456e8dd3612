"""The kinds of network that can be trained."""

import torch

from .adversaries import Adversaries
from .dcgan import Dcgan
from .settings import GanSettings
from .stylegan2.adversaries import StyleGan2Ada
from .wgan_gp import WganGp

KINDS: dict[str, type[Adversaries]] = {
    "dcgan": Dcgan,
    "wgan_gp": WganGp,
    "stylegan2_ada": StyleGan2Ada,
}


def build(size: int, settings: GanSettings, seed: int) -> Adversaries:
    """Return the untrained networks for tiles of `size` px; the same seed, the same weights."""
    random = torch.Generator().manual_seed(seed)
    return KINDS[settings.kind](size, settings.at_size(size), random)

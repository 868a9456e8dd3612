"""The kinds of network that can be trained."""

import torch

from rockrec.gans.adversaries import Adversaries
from rockrec.gans.dcgan import Dcgan
from rockrec.gans.settings import GanSettings
from rockrec.gans.stylegan2.adversaries import StyleGan2Ada
from rockrec.gans.wgan_gp import WganGp

KINDS: dict[str, type[Adversaries]] = {
    "dcgan": Dcgan,
    "wgan_gp": WganGp,
    "stylegan2_ada": StyleGan2Ada,
}


def build(size: int, settings: GanSettings, seed: int) -> Adversaries:
    """Return the untrained networks for tiles of `size` px; the same seed, the same weights."""
    random = torch.Generator().manual_seed(seed)
    return KINDS[settings.kind](size, settings.at_size(size), random)

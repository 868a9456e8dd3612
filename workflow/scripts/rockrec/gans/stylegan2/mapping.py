"""The mapping network, from the latent vectors z to the vectors w that styles are made of."""

import torch
from torch import nn

from rockrec.gans.stylegan2.equalised import GAIN, EqualisedLinear, activated

RATE = 0.01  # it learns a hundred times more slowly than the other layers (Karras et al., 2019)
TINY = 1e-8


class Mapping(nn.Module):
    """Dense layers of one width, from z (n, latent), made to unit mean square, to w (n, latent)."""

    def __init__(self, latent: int, layers: int, random: torch.Generator):
        super().__init__()
        self.layers = nn.ModuleList(
            EqualisedLinear(latent, latent, random, rate=RATE, gain=GAIN) for _ in range(layers)
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        with torch.autocast(z.device.type, enabled=False):
            w = z * torch.rsqrt(z.square().mean(dim=1, keepdim=True) + TINY)
            for layer in self.layers:
                w = activated(layer(w))
            return w

"""Path-length regularisation (Karras et al., 2020 a, section 3.2)."""

import torch
from torch import nn

from rockrec.gans.processes import Processes
from rockrec.gans.stylegan2.noise import gaussian_noise, seeds_of

TINY = 1e-8  # an image that tanh saturates has no slope, and no length a derivative at 0
MEMORY = 0.99  # share of the earlier batches in the running mean of the lengths


class PathLength(nn.Module):
    """Holds the change of the image per change of w to one length, in all places and directions.

    E[(‖Jᵀ y‖ - a)²] with y random images, a the running mean of the lengths. As y is divided by
    the root of the number of pixels, and the length is the root mean square over the layers' w,
    a weight of 2 is nearly the paper's ln 2 / (r² (ln r - ln 2)) at every size r.

    a is corrected for its beginning at 0, as Adam's means are. Otherwise the first hundreds of
    updates hold all lengths down, and in a short run the images hardly come to depend on w.

    Attributes
    ----------
    mean, updates : the running mean before that correction, and what it needs: buffers, saved
        and resumed with the networks.
    """

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("updates", torch.zeros(()))

    def forward(
        self, generator: nn.Module, latent: torch.Tensor, seeds: torch.Tensor, processes: Processes
    ) -> torch.Tensor:
        """Return the penalty, differentiable again.

        Parameters
        ----------
        latent : (n, latent) z of the places.
        seeds : (n,) of the random images y.
        """
        with torch.autocast(latent.device.type, enabled=False):
            styles = generator.styles_of(latent)
            images = generator.synthesis(styles, seeds_of(latent))
            lengths = path_lengths(images, styles, seeds)
        mean = processes.average(lengths.detach().mean())
        self.mean.copy_(MEMORY * self.mean + (1 - MEMORY) * mean)
        self.updates += 1
        return (lengths - self.target).square().mean()

    @property
    def target(self) -> torch.Tensor:
        """The length a."""
        return self.mean / (1 - MEMORY**self.updates)


def path_lengths(images: torch.Tensor, styles: torch.Tensor, seeds: torch.Tensor) -> torch.Tensor:
    """Return ‖Jᵀ y‖ (n,) of images (n, 1, h, w) made of styles (n, layers, latent)."""
    height, width = images.shape[2:]
    directions = gaussian_noise(seeds, 0, height, width) / (height * width) ** 0.5
    (slope,) = torch.autograd.grad((images * directions).sum(), styles, create_graph=True)
    return (slope.square().sum(dim=2).mean(dim=1) + TINY).sqrt()

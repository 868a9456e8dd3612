"""Walking through a generator's latent space, and finding a given tile in it."""

from dataclasses import dataclass

import numpy as np
import torch

from rockrec.progress import Progress

from .filters import halved
from .generator import Generator
from .noise import seeds_of

CANDIDATES = 512  # random styles, of which the nearest is where a search begins
AT_ONCE = 32
RATE = 0.05  # of Adam, falling to 0 along a half cosine


def interpolation(generator: Generator, latent: torch.Tensor, frames: int) -> np.ndarray:
    """Draw a closed walk through latent vectors, straight in w, under the noise of the first.

    Parameters
    ----------
    latent : (n, latent) z of the corners.
    frames : from each corner to the next.

    Returns
    -------
    (n · frames, size, size) float32 gray tiles; the walk ends one frame before its beginning.
    """
    corners = generator.mapping(latent)
    along = torch.arange(frames, device=latent.device)[:, None] / frames
    walk = [
        torch.lerp(one, other, along)
        for one, other in zip(corners, corners.roll(-1, dims=0), strict=True)
    ]
    seed = seeds_of(latent[:1])
    drawn = []
    with torch.no_grad():
        for w in torch.cat(walk).split(AT_ONCE):
            styles = w[:, None].expand(-1, generator.styles, -1)
            drawn.append(generator.synthesis(styles, seed.expand(len(w)))[:, 0].float().cpu())
    return torch.cat(drawn).numpy()


@dataclass(frozen=True)
class Projection:
    """The nearest tiles that a generator was found to draw.

    Attributes
    ----------
    styles : (n, styles, latent) w of each layer.
    gray : (n, size, size) float32, what it draws there.
    """

    styles: np.ndarray
    gray: np.ndarray


def project(generator: Generator, tiles: np.ndarray, steps: int, seed: int) -> Projection:
    """Find the styles under which a generator draws tiles that are given (GAN inversion).

    The w of every layer is sought by itself, from the nearest of 512 random ones on, with Adam
    on the squared difference at all resolutions down to 4 px. The noise stays as it is.

    Parameters
    ----------
    tiles : (n, size, size) uint8 0/1.
    steps : of Adam.
    """
    device = generator.mean_w.device
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(CANDIDATES, generator.latent, generator=random).to(device)
    wanted = torch.from_numpy(tiles[:, None] * 2.0 - 1).float().to(device)
    noise = seeds_of(z[:1])
    with torch.no_grad():
        w = generator.mapping(z)
        images = torch.cat([_drawn(generator, some[:, None], noise) for some in w.split(AT_ONCE)])
        nearest = torch.stack([_distances(images, one[None]).argmin() for one in wanted])
    styles = w[nearest][:, None].repeat(1, generator.styles, 1).requires_grad_()
    optimiser = torch.optim.Adam([styles], RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    progress = Progress("project", steps)
    for step in range(steps):
        optimiser.zero_grad()
        _distances(_drawn(generator, styles, noise), wanted).sum().backward()
        optimiser.step()
        schedule.step()
        progress.report(step + 1)
    with torch.no_grad():
        gray = _drawn(generator, styles, noise)[:, 0].float().cpu().numpy()
    return Projection(styles.detach().cpu().numpy(), gray)


def _drawn(generator, styles, noise):
    styles = styles.expand(-1, generator.styles, -1)
    return generator.synthesis(styles, noise.expand(len(styles)))


def _distances(images: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean squared differences (n,), summed over the resolutions: far shapes attract, too."""
    difference = images - wanted
    distance = difference.square().mean(dim=(1, 2, 3))
    while difference.shape[-1] > 4:
        difference = halved(difference)
        distance = distance + difference.square().mean(dim=(1, 2, 3))
    return distance

"""Walking through a generator's latent space, and finding a given tile in it."""

from dataclasses import dataclass

import numpy as np
import torch

from rockrec.gans.stylegan2.filters import halved
from rockrec.gans.stylegan2.generator import Generator
from rockrec.gans.stylegan2.noise import seeds_of
from rockrec.housekeeping.progress import Progress

CANDIDATES = 512  # random styles, of which the nearest is where a search begins
AT_ONCE = 32
RATE = 0.05  # of Adam, falling to 0 along a half cosine


@torch.no_grad()
def interpolation(generator: Generator, latent: torch.Tensor, frames: int) -> np.ndarray:
    """Draw a closed walk through latent vectors, straight in w, under the noise of the first.

    The numbers that tiles start from walk likewise, from each corner's to the next, at unit
    variance.

    Parameters
    ----------
    latent : (n, latent) z of the corners.
    frames : from each corner to the next.

    Returns
    -------
    (n · frames, size, size) float32 gray tiles; the walk ends one frame before its beginning.
    """
    along = torch.arange(frames, device=latent.device) / frames
    seeds = seeds_of(latent)
    styles = _walk(generator.styles_of(latent), along)
    starts = _walk(generator.start.drawn(seeds), along)
    # The mean of two independent numbers varies less than each.
    spread = torch.sqrt(along**2 + (1 - along) ** 2).repeat(len(latent))
    starts = starts / spread.view(-1, *[1] * (starts.ndim - 1))
    drawn = []
    for some, begun in zip(styles.split(AT_ONCE), starts.split(AT_ONCE), strict=True):
        gray = generator.synthesis(some, seeds[:1].expand(len(some)), begun)
        drawn.append(gray[:, 0].float().cpu())
    return torch.cat(drawn).numpy()


def _walk(corners: torch.Tensor, along: torch.Tensor) -> torch.Tensor:
    """Go straight from each corner (n, ...) to the next, and from the last to the first."""
    along = along.view(-1, *[1] * (corners.ndim - 1))
    pairs = zip(corners, corners.roll(-1, dims=0), strict=True)
    return torch.cat([torch.lerp(one, other, along) for one, other in pairs])


@dataclass(frozen=True)
class Projection:
    """The nearest tiles that a generator was found to draw.

    Attributes
    ----------
    styles : (n, styles, latent) w of each layer.
    starts : (n, ...) the numbers that the tiles start from.
    gray : (n, size, size) float32, what it draws there.
    """

    styles: np.ndarray
    starts: np.ndarray
    gray: np.ndarray


def project(generator: Generator, tiles: np.ndarray, steps: int, seed: int) -> Projection:
    """Find the styles under which a generator draws tiles that are given (GAN inversion).

    The w of every layer is sought by itself, and so are the numbers that a tile starts from:
    from the nearest of 512 random tiles on, with Adam on the squared difference at all
    resolutions down to 4 px. The noise of the layers stays as it is.

    Parameters
    ----------
    tiles : (n, size, size) uint8 0/1.
    steps : of Adam.
    """
    device = generator.mean_w.device
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(CANDIDATES, generator.latent, generator=random).to(device)
    wanted = torch.from_numpy(tiles[:, None] * 2.0 - 1).float().to(device)
    seed = seeds_of(z[:1])

    def drawn(styles, starts):
        return generator.synthesis(styles, seed.expand(len(styles)), starts)

    with torch.no_grad():
        styles, starts = generator.styles_of(z), generator.start.drawn(seeds_of(z))
        pieces = zip(styles.split(AT_ONCE), starts.split(AT_ONCE), strict=True)
        images = torch.cat([drawn(*some) for some in pieces])
        nearest = torch.stack([_distances(images, one[None]).argmin() for one in wanted])
    styles = styles[nearest].clone().requires_grad_()
    starts = starts[nearest].clone().requires_grad_()
    optimiser = torch.optim.Adam([styles, starts], RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    progress = Progress("project", steps)
    for step in range(steps):
        optimiser.zero_grad()
        _distances(drawn(styles, starts), wanted).sum().backward()
        optimiser.step()
        schedule.step()
        progress.report(step + 1)
    with torch.no_grad():
        gray = drawn(styles, starts)[:, 0].float()
    arrays = (values.detach().cpu().numpy() for values in (styles, starts, gray))
    return Projection(*arrays)


def _distances(images: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean squared differences (n,), summed over the resolutions: far shapes attract, too."""
    difference = images - wanted
    distance = difference.square().mean(dim=(1, 2, 3))
    while difference.shape[-1] > 4:
        difference = halved(difference)
        distance = distance + difference.square().mean(dim=(1, 2, 3))
    return distance

"""Drawing tiles from a trained network, and making them binary."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from skimage.filters import threshold_otsu
from torch import nn

from rockrec.gans.networks import build
from rockrec.gans.settings import gan_settings
from rockrec.gans.transfer import sent
from rockrec.housekeeping.states import load_whole
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.kinds.networks import THRESHOLDS, NetworkSettings

FORMAT = 1
# Always as many at a time, the last ones thrown away: convolutions round differently in batches
# of different sizes, and a tile must not depend on how many others are drawn.
TILES_AT_ONCE = 32
CELLS = 4  # a side of the image that a latent vector first becomes


@dataclass(frozen=True)
class TrainedModel:
    """A generator in eval mode and what is known of it.

    `size` is the tile's side in px, `step` the step whose weights these are, `phase_fraction`
    that of the training tiles, `metrics` what the check at that step measured.
    """

    generator: nn.Module
    settings: NetworkSettings
    size: int
    step: int
    phase_fraction: float
    metrics: dict[str, float]


def load_model(path: str | os.PathLike, device: str = "cpu") -> TrainedModel:
    """Load a model that `training.train` has finished.

    Raises
    ------
    ValueError : the file is no such model, or of another format.
    """
    with open(path, "rb") as file:
        is_archive = file.read(2) == b"PK"
    content = load_whole(path) if is_archive else None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path}: is no model of format {FORMAT}")
    settings = gan_settings(content["settings"])
    generator = build(content["size"], settings, seed=0).generator
    generator.load_state_dict(content["state_dict"])
    generator = generator.to(device, memory_format=torch.channels_last)
    return TrainedModel(
        generator.eval().requires_grad_(False),
        settings,
        content["size"],
        content["step"],
        content["phase_fraction"],
        content["metrics"],
    )


def realise(
    model: TrainedModel,
    n: int,
    seed: int,
    *,
    how: str,
    size: int | None = None,
    truncation: float = 1.0,
) -> np.ndarray:
    """Draw `n` binary realisations.

    Parameters
    ----------
    how : gray to binary, see `threshold`. The level of an endless model is its own, not the set's.
    size : side, px, a multiple of the tile's; None for the tile's.
    truncation : see `sample`.

    Returns
    -------
    (n, size, size) uint8, 1 for the phase.

    Raises
    ------
    ValueError : a size that the network does not draw.
    """
    if size in (None, model.size):
        gray = sample(model, n, seed, truncation)
    else:
        gray = sample_larger(model, n, size, seed)
    if KINDS[model.settings.kind].is_endless and how == "phase_fraction":
        return (gray > model.generator.level_for(model.phase_fraction)).astype(np.uint8)
    return threshold(gray, how, model.phase_fraction)


def sample(model: TrainedModel, n: int, seed: int, truncation: float = 1.0) -> np.ndarray:
    """Draw `n` gray tiles; tile i depends on the seed and on i alone.

    Parameters
    ----------
    truncation : ψ of StyleGAN2: below 1 its tiles are more alike, and each nearer the mean.

    Returns
    -------
    (n, size, size) float32 in [-1, 1].
    """
    more = {} if truncation == 1 else {"truncation": truncation}
    return draw(model.generator, latents(n, model.settings.latent, seed), **more)


def sample_larger(model: TrainedModel, n: int, size: int, seed: int) -> np.ndarray:
    """Draw `n` gray images larger than the tile, from a grid of latent vectors each.

    The first layer spreads a latent vector over 4 x 4 cells, so in a grid each cell is the sum of
    16 of them; they are drawn with a quarter of the standard deviation, for the cells to vary as
    those of a tile do. The border, where fewer overlap, is cut off. Whether the inside is like
    rock has to be measured: the network has never seen such a sum in training.

    Parameters
    ----------
    size : side of the images, px, a multiple of the tile's.

    Returns
    -------
    (n, size, size) float32 in [-1, 1].

    Raises
    ------
    ValueError : another size, or a network that draws tiles of its own size only.
    """
    if not KINDS[model.settings.kind].draws_larger:
        raise ValueError(
            f"size {size} px: {model.settings.kind} draws tiles of the size that it is trained on "
            f"only, {model.size} px"
        )
    if size % model.size:
        raise ValueError(f"size {size} px is no whole multiple of the tile's, {model.size} px")
    if KINDS[model.settings.kind].is_endless:
        return model.generator.windows(latents(n, model.settings.latent, seed), size)
    cell = model.size // CELLS
    cells = size // cell + CELLS - 1
    random = torch.Generator().manual_seed(seed)
    border, images = (CELLS - 1) * cell, np.empty((n, size, size), np.float32)
    device = next(model.generator.parameters()).device
    for image in images:
        grid = torch.randn(1, model.settings.latent, cells, cells, generator=random) / CELLS
        with torch.no_grad():
            drawn = model.generator(grid.to(device))[0, 0].float().cpu().numpy()
        image[:] = drawn[border : border + size, border : border + size]
    return images


def latents(n: int, length: int, seed: int) -> torch.Tensor:
    """Draw latent vectors (n, length) from N(0, 1); the first ones do not depend on `n`."""
    random = torch.Generator().manual_seed(seed)
    batches = -(-n // TILES_AT_ONCE)
    drawn = [torch.randn(TILES_AT_ONCE, length, generator=random) for _ in range(batches)]
    return torch.cat(drawn)[:n] if drawn else torch.empty(0, length)


def draw(generator: nn.Module, latent: torch.Tensor, **more) -> np.ndarray:
    """Draw the gray tiles (n, size, size) of latent vectors (n, latent), in eval mode.

    `more` goes to the generator.
    """
    parts = _drawn_in_parts(generator, latent, **more)
    return np.concatenate([tiles.cpu().numpy() for tiles in parts])


def draw_there(generator: nn.Module, latent: torch.Tensor) -> torch.Tensor:
    """Draw them as `draw` does, and leave them on the generator's device."""
    return torch.cat(list(_drawn_in_parts(generator, latent)))


@torch.no_grad()
def _drawn_in_parts(generator: nn.Module, latent: torch.Tensor, **more) -> Iterator[torch.Tensor]:
    device = next(generator.parameters()).device
    for some in latent.split(TILES_AT_ONCE):
        batch = torch.zeros(TILES_AT_ONCE, latent.shape[1])
        batch[: len(some)] = some
        yield generator(sent(batch, device), **more)[: len(some), 0].float()


def threshold(gray: np.ndarray, how: str, phase_fraction: float | None = None) -> np.ndarray:
    """Make a set of gray tiles binary, with one threshold for all of them.

    Parameters
    ----------
    gray : (n, size, size) float.
    how : ``otsu`` (of all pixels; the paper), ``zero``, or ``phase_fraction``: the set's phase
        fraction becomes, as nearly as equal grays allow, the one given.

    Returns
    -------
    (n, size, size) uint8, 1 where the gray is above the threshold.
    """
    if how == "otsu":
        return (gray > threshold_otsu(gray)).astype(np.uint8)
    if how == "zero":
        return (gray > 0).astype(np.uint8)
    if how != "phase_fraction":
        raise ValueError(f"threshold {how!r} is none of {', '.join(THRESHOLDS)}")
    if phase_fraction is None or not 0 <= phase_fraction <= 1:
        raise ValueError(f"phase_fraction must be in [0, 1], not {phase_fraction!r}")
    wanted = round(phase_fraction * gray.size)
    if wanted == 0:
        return np.zeros(gray.shape, np.uint8)
    lowest_in = np.partition(gray, gray.size - wanted, axis=None)[gray.size - wanted]
    above, from_it = gray > lowest_in, gray >= lowest_in
    fewer, more = np.count_nonzero(above), np.count_nonzero(from_it)
    return (above if wanted - fewer < more - wanted else from_it).astype(np.uint8)

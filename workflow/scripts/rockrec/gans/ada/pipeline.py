"""The augmentations of ADA on gray images, each drawn for each image with probability p."""

import math

import torch

from rockrec.gans.ada.matrices import rotation, scaling, translation
from rockrec.gans.ada.warping import warped
from rockrec.gans.augmentation import moved
from rockrec.gans.draws import Draws
from rockrec.gans.transfer import sent
from rockrec.plain.motions import motions

SHIFT = 0.125  # of the tile's side, at most
FRACTIONAL_SHIFT_STD = 0.125  # of the tile's side
SCALE_STD = 0.2  # of the binary logarithm of the factors
CONTRAST_STD = 0.5  # of the binary logarithm of the factor
BRIGHTNESS_STD = 0.2
MOTIONS = motions(("flips", "quarter_turns"))  # four turns, then four flipped


class Pipeline:
    """Draws and applies the chosen augmentations (Karras et al., 2020 b, appendix B).

    Left out are those that need colours, and the luma flip, which would exchange the phases. An
    image for which none is drawn stays as it is, bit by bit.

    Parameters
    ----------
    chosen : some of the settings' ``ada``; ``shifts`` are whole pixels,
        ``stretching`` is the paper's anisotropic scaling.
    """

    def __init__(self, chosen: tuple[str, ...]):
        self.chosen = chosen

    def __call__(self, images: torch.Tensor, p: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Return images (n, 1, size, size) augmented with probability p, one number on the CPU."""
        images = self._turned(images, p, draws)
        images = self._shifted(images, p, draws)
        images = self._warped(images, p, draws)
        return self._recoloured(images, p, draws)

    def _turned(self, images, p, draws):
        which = torch.zeros(len(images), dtype=torch.int64)
        if "flips" in self.chosen:
            which += 4 * _drawn(draws.lines(2), 0, p, draws)
        if "quarter_turns" in self.chosen:
            which += _drawn(draws.lines(4), 0, p, draws)
        return moved(images, which, MOTIONS) if which.any() else images

    def _shifted(self, images, p, draws):
        """Shift by whole pixels, mirrored at the border, which moves pixels and changes none."""
        if "shifts" not in self.chosen:
            return images
        size = images.shape[-1]
        by = ((2 * draws.uniform(2) - 1) * SHIFT * size).round().long()
        by = sent(_drawn(by, 0, p, draws), images.device)
        places = torch.arange(size, device=images.device)
        rows, columns = (_mirrored(places - by[:, axis, None], size) for axis in (0, 1))
        numbers = torch.arange(len(images), device=images.device)[:, None, None]
        return images[:, 0][numbers, rows[:, :, None], columns[:, None]][:, None]

    def _warped(self, images, p, draws):
        """Move by less than a pixel, all at once; only the images for which that is drawn."""
        matrices = self._matrices(len(images), images.shape[-1], p, draws)
        some = (matrices != torch.eye(3)).flatten(1).any(dim=1)
        if not some.any():
            return images
        numbers = sent(some.nonzero()[:, 0], images.device)
        return images.index_copy(0, numbers, warped(images[numbers], matrices[some]))

    def _matrices(self, n, size, p, draws):
        matrices = torch.eye(3).repeat(n, 1, 1)
        if "scaling" in self.chosen:
            factor = _drawn(torch.exp2(SCALE_STD * draws.normal()), 1.0, p, draws)
            matrices = scaling(factor, factor) @ matrices
        # Turned before and after, with probability p in all, it is stretched in any direction.
        p_turn = 1 - torch.sqrt(1 - p)
        if "rotation" in self.chosen:
            matrices = rotation(_drawn(_angles(draws), 0.0, p_turn, draws)) @ matrices
        if "stretching" in self.chosen:
            factor = _drawn(torch.exp2(SCALE_STD * draws.normal()), 1.0, p, draws)
            matrices = scaling(factor, 1 / factor) @ matrices
        if "rotation" in self.chosen:
            matrices = rotation(_drawn(_angles(draws), 0.0, p_turn, draws)) @ matrices
        if "fractional_shifts" in self.chosen:
            by = _drawn(FRACTIONAL_SHIFT_STD * size * draws.normal(2), 0.0, p, draws)
            matrices = translation(by[:, 0], by[:, 1]) @ matrices
        return matrices

    def _recoloured(self, images, p, draws):
        if "brightness" in self.chosen:
            added = _drawn(BRIGHTNESS_STD * draws.normal(), 0.0, p, draws)
            images = images + sent(added, images.device)[:, None, None, None]
        if "contrast" in self.chosen:
            factor = _drawn(torch.exp2(CONTRAST_STD * draws.normal()), 1.0, p, draws)
            images = images * sent(factor, images.device)[:, None, None, None]
        return images


def _drawn(values: torch.Tensor, neutral: float, p: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Keep each image's values (n, ...) with probability p, and put `neutral` otherwise."""
    kept = (draws.uniform() < p).view(-1, *[1] * (values.ndim - 1))
    return torch.where(kept, values, neutral)


def _angles(draws: Draws) -> torch.Tensor:
    return (2 * draws.uniform() - 1) * math.pi


def _mirrored(places: torch.Tensor, size: int) -> torch.Tensor:
    """Fold places beyond the border back inside, the border's pixel repeated."""
    places = places % (2 * size)
    return torch.where(places < size, places, 2 * size - 1 - places)

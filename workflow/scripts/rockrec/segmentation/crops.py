"""Draw training crops: around strokes, and from all over the blocks that a forest was asked for."""

from collections.abc import Sequence

import numpy as np
import torch

from rockrec.segmentation.augmentation import augmented
from rockrec.segmentation.lessons import CERTAIN, Lesson
from rockrec.segmentation.model import UNet
from rockrec.segmentation.places import places_of

AROUND_STROKES = 0.5  # share of the crops
STROKE = 3.0  # weight of a labelled pixel; that of a pixel that the forest is sure of is 1


class Crops:
    """Draws augmented crops: half around labels, each class as often, half anywhere.

    Parameters
    ----------
    seed : of it and the number of a step depends what is drawn, on nothing before.
    """

    def __init__(self, unet: UNet, lessons: Sequence[Lesson], seed: int):
        self.unet, self.lessons, self.seed = unet, lessons, seed
        strokes, rng = [lesson.strokes for lesson in lessons], np.random.default_rng(seed)
        self.places = [places_of(value, strokes, rng) for value in unet.classes]
        self.painted = [number for number, places in enumerate(self.places) if len(places)]
        self.taught = [at for at, lesson in enumerate(lessons) if lesson.shares is not None]
        self.number_of = np.full(256, -1, np.int64)
        self.number_of[list(unet.classes)] = np.arange(len(unet.classes))

    def draw(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the crops of a step.

        Returns
        -------
        Gray (n, 1, size, size), the classes' probabilities (n, classes, size, size), and how much
        the pixels count (n, size, size): 3 where they are labelled, elsewhere as sure as the
        forest is, from 0 for a toss to 1.
        """
        rng, settings = np.random.default_rng([self.seed, step]), self.unet.settings
        drawn = [self._one(rng) for _ in range(settings.batch)]
        device = self.unet.device
        gray, shares, weights = (
            torch.from_numpy(np.stack(some)).to(device) for some in zip(*drawn, strict=True)
        )
        gray = gray.unsqueeze(1).contiguous(memory_format=torch.channels_last)
        return gray, shares, weights

    def _one(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        at, corner = self._place(rng)
        lesson, size = self.lessons[at], self.unet.settings.crop
        shape = [min(size, side) for side in lesson.strokes.shape]
        piece = tuple(slice(first, first + side) for first, side in zip(corner, shape, strict=True))
        gray = self.unet.normalised(lesson.gray_at(*corner, shape)).numpy()
        shares, weights = self._told(lesson, piece)
        lacking = [(0, size - side) for side in shape]
        gray, weights = np.pad(gray, lacking, mode="reflect"), np.pad(weights, lacking)
        shares = np.pad(shares, [(0, 0), *lacking])
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        gray, shares, weights = (
            np.rot90(one[..., ::-1] if flip else one, turns, axes=(-2, -1)).copy()
            for one in (gray, shares, weights)
        )
        return augmented(gray, rng), shares, weights

    def _place(self, rng: np.random.Generator) -> tuple[int, list[int]]:
        """The number of a lesson, and the first pixel of a crop in it."""
        size = self.unet.settings.crop
        if not self.taught or rng.random() < AROUND_STROKES:
            places = self.places[self.painted[rng.integers(len(self.painted))]]
            at, *centre = places[rng.integers(len(places))].tolist()
            corner = np.array(centre) - size // 2 + rng.integers(-size // 4, size // 4 + 1, 2)
        else:
            at = self.taught[rng.integers(len(self.taught))]
            corner = rng.integers(self._room(at))
        return int(at), np.clip(corner, 0, self._room(at) - 1).tolist()

    def _room(self, at: int) -> np.ndarray:
        """How many places a crop has in a lesson, along each axis."""
        size = self.unet.settings.crop
        return np.maximum(np.array(self.lessons[at].strokes.shape) - size, 0) + 1

    def _told(self, lesson: Lesson, piece: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray]:
        """What is known of a piece of a lesson: probabilities, and how much they count."""
        numbers = self.number_of[lesson.strokes.labels[piece]]
        n_classes = len(self.unet.classes)
        if lesson.shares is None:
            shares = np.zeros((n_classes, *numbers.shape), np.float32)
            weights = np.zeros(numbers.shape, np.float32)
        else:
            shares = lesson.shares[:, *piece] / np.float32(CERTAIN)
            # From 0 where the classes are as probable as one another to 1 where it is sure.
            toss = np.float32(1 / n_classes)
            weights = np.maximum((shares.max(axis=0) - toss) / (1 - toss), 0).astype(np.float32)
        labelled = numbers >= 0
        shares[:, labelled] = np.arange(n_classes)[:, None] == numbers[labelled]
        weights[labelled] = STROKE
        return shares, weights

"""Draw training crops around labelled pixels."""

from collections.abc import Sequence

import numpy as np
import torch

from rockrec.segmentation.augmentation import augmented
from rockrec.segmentation.fields import Field, extent
from rockrec.segmentation.label_classes import label_counts
from rockrec.segmentation.losses import NOT_LABELLED
from rockrec.segmentation.model import UNet
from rockrec.segmentation.places import places_of


class Crops:
    """Draws augmented crops around labelled pixels of fields, each class as often."""

    def __init__(self, unet: UNet, fields: Sequence[Field], rng: np.random.Generator):
        self.unet, self.fields, self.rng = unet, fields, rng
        self.target_of = np.full(256, NOT_LABELLED, np.int64)
        self.target_of[list(unet.classes)] = np.arange(len(unet.classes))
        self.places = [places_of(value, fields, rng) for value in unet.classes]

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (count, 1, size, size) gray and (count, size, size) class numbers."""
        pairs = [self._one() for _ in range(count)]
        gray, targets = (torch.from_numpy(np.stack(some)) for some in zip(*pairs, strict=True))
        device = self.unet.device
        gray = gray.unsqueeze(1).contiguous(memory_format=torch.channels_last)
        return gray.to(device), targets.to(device)

    def _one(self) -> tuple[np.ndarray, np.ndarray]:
        rng, size = self.rng, self.unet.settings.crop
        places = self.places[rng.integers(len(self.places))]
        at, *centre = places[rng.integers(len(places))]
        field = self.fields[at]
        corner = np.array(centre) - size // 2 + rng.integers(-size // 4, size // 4 + 1, 2)
        corner = np.clip(corner, 0, np.maximum(np.array(field.shape) - size, 0))
        labels = field.labels[extent(*corner, (size, size))]
        gray = field.gray_at(*corner, labels.shape)
        lacking = [(0, size - side) for side in gray.shape]
        gray, labels = np.pad(gray, lacking, mode="reflect"), np.pad(labels, lacking)
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        gray, labels = (np.rot90(np.fliplr(one) if flip else one, turns) for one in (gray, labels))
        return augmented(self.unet.normalised(gray).numpy(), rng), self.target_of[labels]


def balanced_weights(unet: UNet, fields: Sequence[Field]) -> torch.Tensor:
    """Weights of the classes, inverse to their labelled pixels; the mean over these is 1."""
    counts = label_counts(fields)[list(unet.classes)]
    weights = counts.sum() / (len(counts) * counts)
    return torch.tensor(weights, dtype=torch.float32, device=unet.device)

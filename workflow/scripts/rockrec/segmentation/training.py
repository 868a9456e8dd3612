"""Train a U-Net on sparse labels and keep the epoch that validates best."""

import logging
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from rockrec.progress import Progress
from rockrec.segmentation.inference import segment
from rockrec.segmentation.model import UNet, UNetSettings, autocast, build_network
from rockrec.segmentation.parts import class_ious, confusion, score_rows, split_labels

log = logging.getLogger(__name__)

NOT_LABELLED = -1
GRAY_PERCENTILES = (0.5, 99.5)  # of the mosaic: the range that becomes -1 to 1
SCORING_WINDOW, SCORING_OVERLAP = 256, 32  # px


@dataclass
class TrainedUNet:
    """The U-Net of the best epoch and what is to tell of its training.

    Attributes
    ----------
    history : a row per epoch: epoch, loss, validation_iou, learning_rate, kept.
    scores : a row per part (validation, test) and class: part, class, iou, f1, precision,
        recall, pixels, predicted_<class>, on the labelled pixels of the part.
    """

    unet: UNet
    history: list[dict]
    scores: list[dict]


def train_unet(
    image: np.ndarray,
    labels: np.ndarray,
    *,
    settings: UNetSettings,
    seed: int,
    device: str = "cpu",
) -> TrainedUNet:
    """Train a U-Net on the labelled pixels of a mosaic.

    The labelled pixels are divided by position into train, validation and test. Crops around
    labelled pixels of the train part, each class as often, are turned, flipped and changed in
    brightness, contrast and noise; unlabelled pixels count for nothing. The epoch with the
    highest mean IoU on the validation part is kept, and scored on the test part, which
    neither training nor that choice saw.

    Parameters
    ----------
    image : 2D gray mosaic, any integer or float type.
    labels : the same shape, whole numbers; 0 = not labelled, 1 to 255 = classes.

    Raises
    ------
    ValueError : shapes that differ, a constant or not finite image, fewer than two classes, or
        too few labels of a class in a part.
    """
    classes = _checked_classes(image, labels)
    labels = labels.astype(np.uint8)
    bands = split_labels(labels, settings.validation_fraction, settings.test_fraction)
    low, high = np.percentile(image, GRAY_PERCENTILES)
    if not low < high:
        raise ValueError(f"99 % of the mosaic's pixels have the gray level {low:g}")
    # A seed for torch has 64 bits; numpy and torch draw from unrelated streams of it.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build_network(settings, len(classes)).to(device)
    unet = UNet(network, settings, classes, (float(low), float(high)))

    history, best = _train(unet, image, labels, bands, np.random.default_rng(seed))
    network.load_state_dict(best)
    network.eval()
    scores = []
    for part in ("validation", "test"):
        counts = _confusion_on(unet, image[bands[part]], labels[bands[part]])
        scores += score_rows(part, counts, classes)
        log.info("U-Net: %s part, IoU %s", part, np.round(class_ious(counts), 4).tolist())
    return TrainedUNet(unet, history, scores)


def _train(
    unet: UNet,
    image: np.ndarray,
    labels: np.ndarray,
    bands: dict[str, tuple[slice, slice]],
    rng: np.random.Generator,
) -> tuple[list[dict], dict[str, torch.Tensor]]:
    """Return the history and the weights of the epoch that validates best (the first of equals)."""
    settings = unet.settings
    optimizer = torch.optim.AdamW(
        unet.network.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=settings.learning_rate,
        total_steps=settings.epochs * settings.steps + 1,
        pct_start=0.25,
    )
    crops = _Crops(unet, image[bands["train"]], labels[bands["train"]], rng)
    history, best, best_iou = [], {}, -1.0
    progress = Progress("U-Net epoch", settings.epochs)
    for epoch in range(1, settings.epochs + 1):
        unet.network.train()
        losses = []
        for _ in range(settings.steps):
            losses.append(_step(unet, optimizer, *crops.draw(settings.batch)))
            schedule.step()
        counts = _confusion_on(unet, image[bands["validation"]], labels[bands["validation"]])
        iou = float(class_ious(counts).mean())
        history.append(
            {
                "epoch": epoch,
                "loss": float(np.mean(losses)),
                "validation_iou": iou,
                "learning_rate": schedule.get_last_lr()[0],
                "kept": False,
            }
        )
        if iou > best_iou:
            best_iou, best_epoch = iou, epoch
            best = {name: value.clone() for name, value in unet.network.state_dict().items()}
        progress.report(epoch, f"loss {history[-1]['loss']:.4f}, validation IoU {iou:.4f}")
    history[best_epoch - 1]["kept"] = True
    return history, best


def _step(
    unet: UNet, optimizer: torch.optim.Optimizer, crops: torch.Tensor, targets: torch.Tensor
) -> float:
    optimizer.zero_grad(set_to_none=True)
    with autocast(unet.device, unet.settings.precision):
        scores = unet.network(crops)
    loss = cross_entropy(scores.float(), targets, ignore_index=NOT_LABELLED)
    loss.backward()
    optimizer.step()
    return loss.item()


def _confusion_on(unet: UNet, image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    predicted = segment(
        unet,
        image,
        window=SCORING_WINDOW,
        overlap=SCORING_OVERLAP,
        batch=unet.settings.batch,
        precision=unet.settings.precision,
        needed=labels > 0,
    )
    return confusion(labels, predicted, unet.classes)


class _Crops:
    """Draws augmented crops around labelled pixels of one part of the mosaic."""

    def __init__(self, unet: UNet, image: np.ndarray, labels: np.ndarray, rng: np.random.Generator):
        self.unet, self.rng, self.size = unet, rng, unet.settings.crop
        lacking = [(0, max(0, self.size - side)) for side in image.shape]
        self.image = np.pad(image, lacking, mode="reflect")
        self.labels = np.pad(labels, lacking)
        self.target_of = np.full(256, NOT_LABELLED, np.int64)
        self.target_of[list(unet.classes)] = np.arange(len(unet.classes))
        self.places = [np.argwhere(self.labels == value) for value in unet.classes]

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (count, 1, size, size) gray and (count, size, size) class numbers."""
        pairs = [self._one() for _ in range(count)]
        gray = torch.stack([one for one, _ in pairs]).unsqueeze(1)
        targets = torch.from_numpy(np.stack([one for _, one in pairs]))
        device = self.unet.device
        return gray.contiguous(memory_format=torch.channels_last).to(device), targets.to(device)

    def _one(self) -> tuple[torch.Tensor, np.ndarray]:
        rng, size = self.rng, self.size
        places = self.places[rng.integers(len(self.places))]
        shift = rng.integers(-size // 4, size // 4 + 1, 2)
        corner = places[rng.integers(len(places))] - size // 2 + shift
        top, left = np.clip(corner, 0, np.array(self.image.shape) - size)
        window = (slice(top, top + size), slice(left, left + size))
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        gray, labels = (
            np.rot90(np.fliplr(array[window]) if flip else array[window], turns)
            for array in (self.image, self.labels)
        )
        gray = self.unet.normalised(np.ascontiguousarray(gray))
        contrast, brightness = rng.uniform(0.8, 1.25), rng.normal(0.0, 0.1)
        noise = rng.standard_normal(gray.shape, np.float32) * rng.uniform(0.0, 0.1)
        return gray * contrast + brightness + torch.from_numpy(noise), self.target_of[labels]


def _checked_classes(image: np.ndarray, labels: np.ndarray) -> tuple[int, ...]:
    if image.ndim != 2 or image.shape != labels.shape:
        raise ValueError(
            f"a mosaic and its labels are 2D and of one shape, not {image.shape} and {labels.shape}"
        )
    if not np.isfinite(image).all():
        raise ValueError("the mosaic holds values that are not finite")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be whole numbers, not {labels.dtype}")
    values = np.unique(labels)
    if values[0] < 0 or values[-1] > 255:
        raise ValueError(f"labels must be 0 to 255, not {values[0]} to {values[-1]}")
    classes = tuple(int(value) for value in values if value > 0)
    if len(classes) < 2:
        raise ValueError(f"needs labels of two classes or more, has {list(classes)}")
    return classes

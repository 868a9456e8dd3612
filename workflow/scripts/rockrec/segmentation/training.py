"""Train a U-Net on annotated fields and keep the epoch that validates best."""

import copy
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from rockrec.housekeeping.progress import Progress
from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.crops import Crops, balanced_weights
from rockrec.segmentation.fields import Field
from rockrec.segmentation.inference import segment
from rockrec.segmentation.label_classes import class_values, split_fields
from rockrec.segmentation.losses import segmentation_loss
from rockrec.segmentation.model import UNet, autocast, build_network
from rockrec.segmentation.scores import boundary_counts, class_ious, confusion, score_rows

log = logging.getLogger(__name__)


class InitialModelError(ValueError):
    """A network that this training cannot start from."""


@dataclass
class TrainedUNet:
    """The U-Net of the best epoch and what is to tell of its training.

    Attributes
    ----------
    history : a row per epoch: epoch, loss, validation_iou, learning_rate, kept.
    scores : a row per part (validation, test), model and class, with the columns of
        `rockrec.segmentation.scores.score_rows`. The model is ``trained``, and before it
        ``initial`` if the training began from a given one.
    """

    unet: UNet
    history: list[dict]
    scores: list[dict]


def train_unet(
    fields: Sequence[Field],
    mosaic_shape: tuple[int, int],
    *,
    classes: Mapping[int, str],
    gray_range: tuple[float, float],
    settings: UNetSettings,
    seed: int,
    device: str | torch.device = "cpu",
    initial: UNet | None = None,
    pixel_size_nm: float | None = None,
    bits: int | None = None,
) -> TrainedUNet:
    """Train a U-Net on the labelled pixels of a mosaic.

    The labelled pixels are divided by position into train, validation and test. Crops around
    labelled pixels of the train part, each class as often, are turned, flipped and changed in
    gray; unlabelled pixels count for nothing. The epoch with the highest mean IoU on the
    validation part is kept, and scored on the test part, which neither training nor that choice
    saw.

    Parameters
    ----------
    fields : from `rockrec.segmentation.labelled_fields` or `fields_at`.
    mosaic_shape : px; the parts are bands across its longer axis.
    classes : names by label value; if empty, the classes are the values that the labels have.
    gray_range : gray levels of the mosaic that become -1 and 1 for the network.
    initial : the network whose weights the training starts from; of the same encoder and
        number of classes, which correspond in the order of their label values. Its scores are
        those with `gray_range`, from which the training starts.
    pixel_size_nm, bits : of the mosaic, which the network keeps; None if it is not known.

    Raises
    ------
    LabelsError : fewer than two classes, labels of none of the classes, or too few of a class
        in a part.
    InitialModelError : an `initial` of another encoder or number of classes.
    ValueError : an empty gray range, or an encoder to freeze that nothing trained before.
    """
    low, high = map(float, gray_range)
    if not low < high:
        raise ValueError(f"the gray range of the mosaic must rise, not go from {low:g} to {high:g}")
    values = class_values(fields, classes)
    parts = split_fields(
        fields, mosaic_shape, values, settings.validation_fraction, settings.test_fraction
    )
    network = _initial_network(initial, settings, len(values), seed).to(device)
    if initial is not None and None not in (initial.pixel_size_nm, pixel_size_nm):
        factor = pixel_size_nm / initial.pixel_size_nm
        if not 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
            log.warning(
                "the initial model was trained on pixels of %g nm, these have %g nm",
                *(initial.pixel_size_nm, pixel_size_nm),
            )
    unet = UNet(network, settings, values, (low, high), dict(classes), pixel_size_nm, bits)

    scores = _scores(unet, parts, "initial") if initial is not None else []
    history, best = _train(unet, parts, np.random.default_rng(seed))
    network.load_state_dict(best)
    network.eval()
    return TrainedUNet(unet, history, scores + _scores(unet, parts, "trained"))


def _initial_network(
    initial: UNet | None, settings: UNetSettings, n_classes: int, seed: int
) -> torch.nn.Module:
    if initial is None:
        if settings.freeze_encoder_epochs and settings.encoder_weights is None:
            raise ValueError(
                "freeze_encoder_epochs needs an encoder that was trained before: "
                "an initial model, or encoder_weights"
            )
        # A seed for torch has 64 bits; numpy and torch draw from unrelated streams of it.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return build_network(settings, n_classes)
    for what, given, wanted in (
        ("encoder", initial.settings.encoder, settings.encoder),
        ("number of classes", len(initial.classes), n_classes),
    ):
        if given != wanted:
            raise InitialModelError(
                f"the initial model has the {what} {given}, this training {wanted}"
            )
    return copy.deepcopy(initial.network)


def _train(
    unet: UNet, parts: Mapping[str, Sequence[Field]], rng: np.random.Generator
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
    crops = Crops(unet, parts["train"], rng)
    balanced = settings.class_weights == "balanced"
    class_weights = balanced_weights(unet, parts["train"]) if balanced else None
    history, best, best_epoch, best_iou = [], {}, 0, -1.0
    progress = Progress("U-Net epoch", settings.epochs)
    for epoch in range(1, settings.epochs + 1):
        _set_training(unet.network, frozen_encoder=epoch <= settings.freeze_encoder_epochs)
        losses = []
        for _ in range(settings.steps):
            losses.append(_step(unet, optimizer, class_weights, *crops.draw(settings.batch)))
            schedule.step()
        counts = sum(
            confusion(field.labels, _predicted(unet, field), unet.classes)
            for field in parts["validation"]
        )
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
        if settings.patience is not None and epoch - best_epoch >= settings.patience:
            log.info("U-Net: no better validation since epoch %d", best_epoch)
            break
    history[best_epoch - 1]["kept"] = True
    return history, best


def _set_training(network: torch.nn.Module, frozen_encoder: bool) -> None:
    network.train().requires_grad_(True)
    if frozen_encoder:  # the statistics of its batch normalisation too
        network.encoder.eval().requires_grad_(False)


def _step(
    unet: UNet,
    optimizer: torch.optim.Optimizer,
    class_weights: torch.Tensor | None,
    crops: torch.Tensor,
    targets: torch.Tensor,
) -> float:
    optimizer.zero_grad(set_to_none=True)
    with autocast(unet.device, unet.settings.precision):
        scores = unet.network(crops)
    loss = segmentation_loss(scores.float(), targets, unet.settings.dice_weight, class_weights)
    loss.backward()
    optimizer.step()
    return loss.item()


def _scores(unet: UNet, parts: Mapping[str, Sequence[Field]], model: str) -> list[dict]:
    rows = []
    for part in ("validation", "test"):
        counts, boundaries = 0, 0
        for field in parts[part]:
            predicted = _predicted(unet, field)
            counts += confusion(field.labels, predicted, unet.classes)
            boundaries += boundary_counts(field.labels, predicted, unet.classes)
        rows += score_rows(part, model, counts, boundaries, unet.classes, unet.class_names)
        ious = np.round(class_ious(counts), 4).tolist()
        log.info("U-Net: %s model, %s part, IoU %s", model, part, ious)
    return rows


def _predicted(unet: UNet, field: Field) -> np.ndarray:
    """Segment a field as a mosaic is: each pixel seen with at least a crop's surroundings."""
    return segment(
        unet,
        field.gray,
        window=2 * unet.settings.crop,
        overlap=unet.settings.crop // 2,
        batch=unet.settings.batch,
        precision=unet.settings.precision,
        needed=field.labels > 0,
    )

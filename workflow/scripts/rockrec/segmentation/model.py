"""The U-Net, what it was trained with, and the file that holds both."""

import io
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import segmentation_models_pytorch as smp
import torch

from rockrec.housekeeping.integrity import check_archive
from rockrec.housekeeping.outputs import written_whole

FORMAT = 2
CLASS_WEIGHTS = ("none", "balanced")
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
STRIDE = 32  # the network halves its input five times; its sides must be multiples of this


@dataclass(frozen=True)
class UNetSettings:
    """How a U-Net is built and trained.

    Attributes
    ----------
    encoder, encoder_weights : names in segmentation-models-pytorch; no weights: from scratch.
    crop : side of the training crops, px, a multiple of 32.
    batch : crops per step.
    epochs, steps : the training takes `epochs` x `steps` steps and is validated once an epoch.
    learning_rate : highest of the one-cycle schedule (AdamW).
    weight_decay : of AdamW.
    dice_weight : weight of the Dice loss beside the cross-entropy; 0: cross-entropy alone.
    class_weights : of the cross-entropy; ``none``, or ``balanced``: inverse to the number of
        labelled pixels.
    patience : epochs without a better validation after which the training ends; None: never.
    freeze_encoder_epochs : first epochs in which only the decoder learns, for an encoder that
        was trained before.
    validation_fraction, test_fraction : shares of the labelled pixels, by position.
    precision : ``float32`` or ``bfloat16`` (of the network's activations; weights stay float32).
    """

    encoder: str = "resnet18"
    encoder_weights: str | None = None
    crop: int = 128
    batch: int = 8
    epochs: int = 10
    steps: int = 25
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    dice_weight: float = 1.0
    class_weights: str = "none"
    patience: int | None = None
    freeze_encoder_epochs: int = 0
    validation_fraction: float = 0.2
    test_fraction: float = 0.2
    precision: str = "float32"

    def __post_init__(self):
        if self.crop < STRIDE or self.crop % STRIDE:
            raise ValueError(f"crop must be a multiple of {STRIDE} px, not {self.crop}")
        for name in ("batch", "epochs", "steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, not {self.learning_rate}")
        for name in ("dice_weight", "freeze_encoder_epochs"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)}")
        if self.class_weights not in CLASS_WEIGHTS:
            raise ValueError(
                f"class_weights {self.class_weights!r} is none of {', '.join(CLASS_WEIGHTS)}"
            )
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience must be 1 or more, not {self.patience}")
        fractions = (self.validation_fraction, self.test_fraction)
        if min(fractions) <= 0 or sum(fractions) >= 1:
            raise ValueError(
                "validation_fraction and test_fraction must be above 0 and leave a training "
                f"part, not {fractions[0]} and {fractions[1]}"
            )
        check_precision(self.precision)


@dataclass
class UNet:
    """A network, the label value of each of its outputs, and the gray range it expects.

    Attributes
    ----------
    classes : label value of each output.
    gray_range : gray levels that become -1 and 1 for the network.
    class_names : of the classes, by label value; empty if they have none.
    """

    network: torch.nn.Module
    settings: UNetSettings
    classes: tuple[int, ...]
    gray_range: tuple[float, float]
    class_names: Mapping[int, str] = field(default_factory=dict)

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def normalised(self, gray: np.ndarray) -> torch.Tensor:
        """Map gray levels so that the range of the training mosaic becomes -1 to 1."""
        low, high = map(float, self.gray_range)  # a scalar of NumPy's would widen the array
        return torch.from_numpy((gray.astype(np.float32) - low) * (2 / (high - low)) - 1)


def build_network(settings: UNetSettings, n_classes: int) -> torch.nn.Module:
    """Return an untrained U-Net, one channel in, a score for each class out."""
    try:
        network = smp.Unet(
            encoder_name=settings.encoder,
            encoder_weights=settings.encoder_weights,
            in_channels=1,
            classes=n_classes,
        )
    except KeyError as error:
        raise ValueError(
            f"no encoder {settings.encoder!r} with weights {settings.encoder_weights!r}: {error}"
        ) from error
    return network.to(memory_format=torch.channels_last)


def save_unet(path: str | os.PathLike, unet: UNet) -> None:
    """Write a U-Net; equal ones give equal bytes."""
    state = {name: value.cpu() for name, value in unet.network.state_dict().items()}
    content = {
        "format": FORMAT,
        "settings": asdict(unet.settings),
        "classes": list(unet.classes),
        "gray_range": list(unet.gray_range),
        "class_names": dict(unet.class_names),
        "state_dict": state,
    }
    # Through memory: written to a path, the file would hold its own name.
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with written_whole(path) as partial:
        partial.write_bytes(buffer.getvalue())


def load_unet(path: str | os.PathLike, device: str | torch.device = "cpu") -> UNet:
    """Read a U-Net that `save_unet` wrote.

    Raises
    ------
    ValueError : the file is missing, broken, or no such model.
    """
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file")
    with open(path, "rb") as file:
        if file.read(2) != b"PK":  # no ZIP file, and never was one
            raise ValueError(f"{path}: not a U-Net of this project")
    check_archive(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        found = content["format"]
    except Exception as error:  # unpickling broken bytes raises anything
        raise ValueError(f"{path}: not a U-Net of this project: {error}") from error
    if found != FORMAT:
        raise ValueError(f"{path}: a U-Net of format {found}, this version reads {FORMAT}")
    settings = UNetSettings(**{**content["settings"], "encoder_weights": None})
    network = build_network(settings, len(content["classes"]))
    network.load_state_dict(content["state_dict"])
    network.to(device).eval()
    return UNet(
        network,
        UNetSettings(**content["settings"]),
        tuple(content["classes"]),
        tuple(content["gray_range"]),
        content["class_names"],
    )


def check_precision(precision: str) -> None:
    """Raise ValueError unless `precision` is one of PRECISIONS."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision {precision!r} is none of {', '.join(PRECISIONS)}")


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """Return the context in which the network computes at `precision`."""
    return torch.autocast(
        device.type, dtype=torch.bfloat16, enabled=PRECISIONS[precision] is torch.bfloat16
    )

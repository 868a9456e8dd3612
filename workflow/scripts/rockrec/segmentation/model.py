"""The U-Net, what it was trained with, and the file that holds both."""

import io
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace

import numpy as np
import segmentation_models_pytorch as smp
import torch

from rockrec.housekeeping.integrity import check_model_file
from rockrec.housekeeping.outputs import written_whole
from rockrec.plain.records.unet import SMALL, UNetSettings
from rockrec.segmentation.pretrained import load_encoder
from rockrec.segmentation.small_unet import SmallUNet

FORMAT = 4
READ = (2, 3, FORMAT)  # 2 tells less of its training; both name settings that are no more
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass
class UNet:
    """A network, the label value of each of its outputs, and the gray range it expects.

    Attributes
    ----------
    classes : label value of each output.
    gray_range : gray levels that become -1 and 1 for the network.
    class_names : of the classes, by label value; empty if they have none.
    pixel_size_nm, bits : of the mosaic that it was trained on, whose gray range that is; None where
        it is not known.
    """

    network: torch.nn.Module
    settings: UNetSettings
    classes: tuple[int, ...]
    gray_range: tuple[float, float]
    class_names: Mapping[int, str] = field(default_factory=dict)
    pixel_size_nm: float | None = None
    bits: int | None = None

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def normalised(self, gray: np.ndarray) -> torch.Tensor:
        """Map gray levels so that the range of the training mosaic becomes -1 to 1."""
        low, high = map(float, self.gray_range)  # a scalar of NumPy's would widen the array
        return torch.from_numpy((gray.astype(np.float32) - low) * (2 / (high - low)) - 1)


def build_network(settings: UNetSettings, n_classes: int) -> torch.nn.Module:
    """Return an untrained U-Net, one channel in, a score for each class out.

    Its encoder has the weights of the file that the settings name, if they do.
    """
    if settings.encoder == SMALL:
        return SmallUNet(n_classes).to(memory_format=torch.channels_last)
    try:
        network = smp.Unet(
            encoder_name=settings.encoder,
            encoder_weights=None,
            in_channels=1,
            classes=n_classes,
        )
    except KeyError as error:
        raise ValueError(f"no encoder {settings.encoder!r}: {error}") from error
    if settings.encoder_weights is not None:
        load_encoder(network.encoder, settings.encoder, settings.encoder_weights)
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
        "pixel_size_nm": unet.pixel_size_nm,
        "bits": unet.bits,
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
    check_model_file(path, "a U-Net")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        found = content["format"]
    except Exception as error:  # unpickling broken bytes raises anything
        raise ValueError(f"{path}: not a U-Net of this project: {error}") from error
    if found not in READ:
        known = " and ".join(map(str, READ))
        raise ValueError(f"{path}: a U-Net of format {found}, this version reads {known}")
    known = {setting.name for setting in fields(UNetSettings)}
    settings = UNetSettings(
        **{name: value for name, value in content["settings"].items() if name in known}
    )
    network = build_network(replace(settings, encoder_weights=None), len(content["classes"]))
    network.load_state_dict(content["state_dict"])
    network.to(device).eval()
    return UNet(
        network,
        settings,
        tuple(content["classes"]),
        tuple(content["gray_range"]),
        content["class_names"],
        content.get("pixel_size_nm"),
        content.get("bits"),
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

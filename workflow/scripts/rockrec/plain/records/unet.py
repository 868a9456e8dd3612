"""What is set of the U-Net that segments a mosaic."""

from dataclasses import dataclass

from rockrec.plain.network_sizes import UNET_STRIDE
from rockrec.plain.records.methods import BySample
from rockrec.plain.records.settings import PRECISIONS, Settings, setting

SMALL = "small"  # among the names of encoders


@dataclass(frozen=True, kw_only=True)
class UNetSettings(Settings):
    """How a U-Net is built and trained."""

    encoder: str = setting(
        SMALL,
        "small - a network of few channels that sees every pixel - or the name of an encoder in "
        "segmentation-models-pytorch.",
    )
    encoder_weights: str | None = setting(
        None,
        "Path of a file with pretrained weights of the encoder (of ImageNet, MicroNet; a state "
        "dict, .pth or .safetensors); null to train from scratch.",
    )
    crop: int = setting(
        128,
        "Side of the training crops, px (a multiple of 32).",
        minimum=UNET_STRIDE,
        multiple_of=UNET_STRIDE,
    )
    batch: int = setting(8, "Crops per step.", minimum=1)
    epochs: int = setting(
        10, "Epochs; the best one in places that were not seen is kept.", minimum=1
    )
    steps: int = setting(25, "Steps per epoch.", minimum=1)
    learning_rate: float = setting(
        4e-3, "Highest learning rate of the one-cycle schedule (AdamW).", above=0
    )
    weight_decay: float = setting(1e-2, "Weight decay of AdamW.", minimum=0)
    dice_weight: float = setting(
        0.0,
        "Weight of the Dice loss beside the cross-entropy; 0 for cross-entropy alone.",
        minimum=0,
    )
    patience: int | None = setting(
        None,
        "Epochs that are no better in unseen places after which the training ends; null for never.",
        minimum=1,
    )
    freeze_encoder_epochs: int = setting(
        0,
        "First epochs in which only the decoder learns, for an encoder that was trained before.",
        minimum=0,
    )
    folds: int = setting(
        2,
        "Parts of the strokes, by place. Beside the network that sees all strokes one is trained "
        "without each part, and scored there; the epoch that is best there is kept.",
        minimum=2,
        maximum=10,
    )
    precision: str = setting(
        "float32", "float32, or bfloat16 for the activations.", choices=PRECISIONS
    )

    def _check_together(self):
        if self.encoder == SMALL and self.encoder_weights is not None:
            raise ValueError(f"encoder_weights {self.encoder_weights!r} are not of encoder {SMALL}")


@dataclass(frozen=True, kw_only=True)
class UNetBlock(UNetSettings, BySample):
    """U-Net that segments the mosaic, trained on the labelled pixels."""

    init_from: str | None = setting(
        None,
        "A trained U-Net to start from, the path of a model.pt or the name of the sample it is "
        "trained on; null to start from the encoder's weights.",
    )


@dataclass(frozen=True, kw_only=True)
class SegmentationBlock(BySample):
    """What segments the whole mosaic, and how."""

    kind: str = setting(
        "unet",
        "unet, or forest - decision trees on classical features of gray, fitted to a few strokes "
        "in seconds, for a first look (no GPU, no torch).",
        choices=("unet", "forest"),
    )

    window: int = setting(
        512,
        "Side of the windows the network sees at a time, px (a multiple of 32).",
        minimum=UNET_STRIDE,
        multiple_of=UNET_STRIDE,
    )
    overlap: int = setting(
        128, "Overlap of neighbouring windows, blended, px (at most half a window).", minimum=1
    )
    batch: int = setting(4, "Windows per forward pass.", minimum=1)
    precision: str = setting(
        "float32",
        "float32, or bfloat16 (about twice as fast where the processor has it).",
        choices=PRECISIONS,
    )
    resample: bool = setting(
        False,
        "Segment at the pixel size that the model was trained on, where the mosaic has another "
        "(by over 10 %), and bring the labels back; such a mosaic is refused otherwise.",
    )

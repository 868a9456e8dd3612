"""What is set of the U-Net that segments a mosaic."""

from dataclasses import dataclass

from rockrec.plain.network_sizes import UNET_STRIDE
from rockrec.plain.records.methods import BySample
from rockrec.plain.records.settings import PRECISIONS, Settings, setting


@dataclass(frozen=True, kw_only=True)
class UNetSettings(Settings):
    """How a U-Net is built and trained."""

    encoder: str = setting("resnet18", "Encoder, by its name in segmentation-models-pytorch.")
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
        10, "Epochs; the network is validated after each, and the best one kept.", minimum=1
    )
    steps: int = setting(25, "Steps per epoch.", minimum=1)
    learning_rate: float = setting(
        2e-3, "Highest learning rate of the one-cycle schedule (AdamW).", above=0
    )
    weight_decay: float = setting(1e-2, "Weight decay of AdamW.", minimum=0)
    dice_weight: float = setting(
        1.0,
        "Weight of the Dice loss beside the cross-entropy; 0 for cross-entropy alone.",
        minimum=0,
    )
    class_weights: str = setting(
        "none",
        "Of the cross-entropy - none, or balanced (inverse to the number of labelled pixels, for "
        "rare phases).",
        choices=("none", "balanced"),
    )
    patience: int | None = setting(
        None,
        "Epochs without a better validation after which the training ends; null for never.",
        minimum=1,
    )
    freeze_encoder_epochs: int = setting(
        0,
        "First epochs in which only the decoder learns, for an encoder that was trained before.",
        minimum=0,
    )
    validation_fraction: float = setting(
        0.2,
        "Share of the labelled pixels, by position, that chooses the epoch.",
        above=0,
        below=1,
    )
    test_fraction: float = setting(
        0.2,
        "Share of the labelled pixels, by position, that neither training nor the choice of the "
        "epoch sees.",
        above=0,
        below=1,
    )
    precision: str = setting(
        "float32", "float32, or bfloat16 for the activations.", choices=PRECISIONS
    )

    def _check_together(self):
        if self.validation_fraction + self.test_fraction >= 1:
            raise ValueError(
                f"test_fraction {self.test_fraction} beside validation_fraction "
                f"{self.validation_fraction} leaves no labels to train on"
            )


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

"""Segment a mosaic with a U-Net that was trained on a few labelled pixels of it."""

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import Field, fields_at, labelled_fields
from rockrec.segmentation.inference import segment, segmented_bands
from rockrec.segmentation.model import UNet, load_unet, save_unet
from rockrec.segmentation.parts import LabelsError, label_counts
from rockrec.segmentation.training import InitialModelError, TrainedUNet, train_unet
from rockrec.segmentation.transfer import TransferError, compare_contrast, factor_of, segmented_at

__all__ = [
    "Field",
    "InitialModelError",
    "LabelsError",
    "TrainedUNet",
    "TransferError",
    "UNet",
    "UNetSettings",
    "compare_contrast",
    "factor_of",
    "fields_at",
    "label_counts",
    "labelled_fields",
    "load_unet",
    "save_unet",
    "segment",
    "segmented_at",
    "segmented_bands",
    "train_unet",
]

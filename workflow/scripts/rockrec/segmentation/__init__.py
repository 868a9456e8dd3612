"""Segment a mosaic with a U-Net that was trained on a few labelled pixels of it."""

from rockrec.segmentation.inference import segment
from rockrec.segmentation.model import UNet, UNetSettings, load_unet, save_unet
from rockrec.segmentation.training import TrainedUNet, train_unet

__all__ = [
    "TrainedUNet",
    "UNet",
    "UNetSettings",
    "load_unet",
    "save_unet",
    "segment",
    "train_unet",
]

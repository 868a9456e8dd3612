"""``rockrec segment``: label every pixel of a gray mosaic with a trained U-Net."""

import argparse
import logging
import os
import tempfile
from pathlib import Path

from rockrec.command.parsing import add_device, add_output, add_pixel_size
from rockrec.command.settings import add_settings
from rockrec.plain.records.blocks import DenoiseBlock
from rockrec.plain.records.unet import SegmentationBlock

log = logging.getLogger(__name__)

SUMMARY = "segment a gray mosaic with a trained network (U-Net)"
DETAILS = """
The mosaic is a TIFF of 8 or 16 bit, of any size: it is never held in memory whole. The network is a
model.pt that a run of the workflow has trained, on this mosaic or on another one: gray levels are
taken relative to the mosaic's own contrast. Networks are trained on denoised mosaics: --denoise
does to a raw one what the workflow does. A label image is written, a tiled pyramidal OME-TIFF.

  rockrec segment mosaic.tif --model model.pt --denoise -o segmented.tif
"""
EXTRA = "segmentation"
DENOISE = ("kernel", "radius", "sigma_space", "sigma_gray")
INFERENCE = ("window", "overlap", "batch", "precision")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of the subcommand."""
    parser.add_argument("mosaic", type=Path, help="gray mosaic, TIFF")
    parser.add_argument(
        "--model", type=Path, metavar="FILE", required=True, help="model.pt of a trained U-Net"
    )
    add_output(parser, "TIFF")
    add_pixel_size(parser, "needed where the mosaic does not state it")
    parser.add_argument("--denoise", action="store_true", help="smooth the noise of a raw mosaic")
    add_settings(parser.add_argument_group("with --denoise"), DenoiseBlock, *DENOISE)
    add_settings(parser, SegmentationBlock, *INFERENCE, "resample")
    add_device(parser)


def run(asked: argparse.Namespace) -> None:
    """Denoise the mosaic if asked to, segment it, and write the labels."""
    from rockrec.command.images import chosen_pixel_size
    from rockrec.denoise import denoise_mosaic
    from rockrec.housekeeping.devices import choose_device
    from rockrec.housekeeping.threads import keep_large_blocks
    from rockrec.images import check_gray
    from rockrec.mosaics import contrast_of, open_mosaic
    from rockrec.segmentation import load_unet

    denoise = {name: getattr(asked, name) for name in DENOISE}
    for name, value in denoise.items():
        if not asked.denoise and value != getattr(DenoiseBlock(), name):
            raise ValueError(f"--{name.replace('_', '-')} goes with --denoise only")
    keep_large_blocks()
    unet = load_unet(asked.model, choose_device(asked.device))
    with open_mosaic(asked.mosaic, threads=os.cpu_count(), of_gray=True) as mosaic:
        log.info("%s: %d x %d px, %s", mosaic.path, *mosaic.shape, mosaic.dtype)
        size_nm = chosen_pixel_size({mosaic.path: mosaic.pixel_size_nm}, asked.pixel_size)
        if size_nm is None:
            raise ValueError(f"{mosaic.path} states no pixel size: --pixel-size is needed")
        at_least = 2 * asked.radius + 1 if asked.denoise else 1
        check_gray(mosaic.path, mosaic.shape, mosaic.dtype, at_least, mosaic.white_is_zero)
        if not asked.denoise:
            _segment(unet, mosaic, contrast_of(mosaic), size_nm, asked)
            return
        asked.output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="rockrec-", dir=asked.output.parent) as folder:
            path = Path(folder, "denoised.tif")
            contrast = denoise_mosaic(mosaic, path, size_nm, os.cpu_count(), **denoise)
            with open_mosaic(path, threads=os.cpu_count()) as denoised:
                _segment(unet, denoised, contrast, size_nm, asked)


def _segment(unet, mosaic, contrast, size_nm: float, asked: argparse.Namespace) -> None:
    import numpy as np

    from rockrec.mosaics import write_mosaic
    from rockrec.segmentation import compare_contrast, factor_of, segmented_at

    contrast.check(asked.mosaic)
    factor = factor_of(unet, size_nm, asked.resample, asked.model)
    compare_contrast(unet, contrast, mosaic.dtype, asked.model)
    unet.gray_range = (contrast.low, contrast.high)
    settings = {name: getattr(asked, name) for name in INFERENCE}
    write_mosaic(
        asked.output,
        segmented_at(unet, mosaic, factor, **settings),
        size_nm,
        mosaic.shape,
        np.uint8,
        os.cpu_count(),
    )
    classes = (f"{label} {unet.class_names.get(label, '')}".strip() for label in unet.classes)
    log.info("%s: classes %s", asked.output, ", ".join(classes))

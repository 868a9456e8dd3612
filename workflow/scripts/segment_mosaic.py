"""Segment the denoised mosaic with a trained U-Net."""

import numpy as np

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.mosaics import open_mosaic, read_contrast, write_mosaic
from rockrec.segmentation.inference import segmented_bands
from rockrec.segmentation.model import load_unet


@logged(snakemake)
def main():
    inputs, params, threads = snakemake.input, snakemake.params, snakemake.threads
    keep_large_blocks()
    unet = load_unet(inputs.model, choose_device(snakemake.resources.device))
    # Its own contrast, not that of the mosaic the network was trained on: brightness and contrast
    # of the microscope differ from session to session.
    contrast = read_contrast(inputs.contrast)
    unet.gray_range = (contrast.low, contrast.high)
    with open_mosaic(inputs.denoised, threads=threads) as mosaic:
        write_mosaic(
            snakemake.output.segmented,
            segmented_bands(unet, mosaic, **params.segmentation),
            params.pixel_size_nm,
            mosaic.shape,
            np.uint8,
            threads,
        )


main()

"""Segment the denoised mosaic with a trained U-Net."""

import numpy as np

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.mosaics import open_mosaic, open_outside, read_contrast, write_mosaic
from rockrec.segmentation import compare_contrast, factor_of, load_unet, segmented_at


@logged(snakemake)
def main():
    inputs, params, threads = snakemake.input, snakemake.params, snakemake.threads
    keep_large_blocks()
    unet = load_unet(inputs.model, choose_device(snakemake.resources.device))
    phase, classes = snakemake.resources.phase, ", ".join(map(str, unet.classes))
    if phase not in unet.classes:
        key = f"samples.{snakemake.wildcards.sample}.phase"
        raise ValueError(f"{key}: {phase} is none of the classes of {inputs.model}, {classes}")
    settings = dict(params.segmentation)
    factor = factor_of(unet, params.pixel_size_nm, settings.pop("resample"), inputs.model)
    contrast = read_contrast(inputs.contrast)
    with (
        open_mosaic(inputs.denoised, threads=threads) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        compare_contrast(unet, contrast, mosaic.dtype, inputs.model)
        # Its own contrast, not that of the mosaic the network was trained on: brightness and
        # contrast of the microscope differ from session to session.
        unet.gray_range = (contrast.low, contrast.high)
        write_mosaic(
            snakemake.output.segmented,
            segmented_at(unet, mosaic, factor, outside=outside, **settings),
            params.pixel_size_nm,
            mosaic.shape,
            np.uint8,
            threads,
        )


main()

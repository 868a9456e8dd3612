"""Segment the denoised mosaic with a trained U-Net."""

from functools import partial

import numpy as np

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.mosaics import open_mosaic, open_outside, read_contrast, write_mosaic
from rockrec.segmentation.confidence import Confidence, write_confidence
from rockrec.segmentation.inference import segmented_bands
from rockrec.segmentation.model import load_unet
from rockrec.segmentation.transfer import check_phase, segmented


@logged(snakemake)
def main():
    inputs, outputs = snakemake.input, snakemake.output
    params, threads = snakemake.params, snakemake.threads
    keep_large_blocks()
    unet = load_unet(inputs.model, choose_device(snakemake.resources.device))
    confidence = Confidence()
    key = f"samples.{snakemake.wildcards.sample}.phase"
    check_phase(unet, snakemake.resources.phase, inputs.model, key)
    settings = dict(params.segmentation)
    resample = settings.pop("resample")
    with (
        open_mosaic(inputs.denoised, threads=threads) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        labels = segmented(
            unet,
            partial(segmented_bands, unet, **settings),
            mosaic,
            read_contrast(inputs.contrast),
            pixel_size_nm=params.pixel_size_nm,
            resample=resample,
            path=inputs.model,
            outside=outside,
            confidence=confidence,
        )
        write_mosaic(
            outputs.segmented,
            labels,
            params.pixel_size_nm,
            mosaic.shape,
            np.uint8,
            threads,
        )
        size_nm, shape = params.pixel_size_nm, mosaic.shape
        write_confidence(
            *(outputs.confidence, outputs.summary), confidence, size_nm, shape, threads
        )


main()

"""Segment the denoised mosaic with a forest."""

from functools import partial

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.mosaics import open_mosaic, open_outside, read_contrast, write_mosaic
from rockrec.segmentation.confidence import Confidence, write_confidence
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.model import load_forest
from rockrec.segmentation.transfer import check_phase, segmented


@logged(snakemake)
def main():
    inputs, outputs = snakemake.input, snakemake.output
    params, threads = snakemake.params, snakemake.threads
    keep_large_blocks()
    forest = load_forest(inputs.model)
    confidence = Confidence()
    key = f"samples.{snakemake.wildcards.sample}.phase"
    check_phase(forest, snakemake.resources.phase, inputs.model, key)
    with (
        open_mosaic(inputs.denoised, threads=threads) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        labels = segmented(
            forest,
            partial(forest_bands, forest, threads=threads),
            mosaic,
            read_contrast(inputs.contrast),
            pixel_size_nm=params.pixel_size_nm,
            resample=params.segmentation["resample"],
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

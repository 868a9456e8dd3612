"""Segment the denoised mosaic with a trained U-Net."""

from functools import partial

from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.segmentation.inference import segmented_bands
from rockrec.segmentation.model import load_unet
from rockrec.segmentation.transfer import check_phase
from rockrec.segmentation.writing import write_segmented


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    keep_large_blocks()
    unet = load_unet(inputs.model, choose_device(snakemake.resources.device))
    key = f"samples.{snakemake.wildcards.sample}.phase"
    check_phase(unet, snakemake.resources.phase, inputs.model, key)
    settings = dict(params.segmentation)
    resample = settings.pop("resample")
    write_segmented(
        unet,
        partial(segmented_bands, unet, **settings),
        inputs,
        snakemake.output,
        pixel_size_nm=params.pixel_size_nm,
        resample=resample,
        threads=snakemake.threads,
    )


main()

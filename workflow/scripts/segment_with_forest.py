"""Segment the denoised mosaic with a forest."""

from functools import partial

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.model import load_forest
from rockrec.segmentation.transfer import check_phase
from rockrec.segmentation.writing import write_segmented


@logged(snakemake)
def main():
    inputs, params, threads = snakemake.input, snakemake.params, snakemake.threads
    keep_large_blocks()
    forest = load_forest(inputs.model)
    key = f"samples.{snakemake.wildcards.sample}.phase"
    check_phase(forest, snakemake.resources.phase, inputs.model, key)
    write_segmented(
        forest,
        partial(forest_bands, forest, threads=threads),
        inputs,
        snakemake.output,
        pixel_size_nm=params.pixel_size_nm,
        resample=params.segmentation["resample"],
        threads=threads,
    )


main()

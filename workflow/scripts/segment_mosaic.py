"""Segment the denoised mosaic with the trained U-Net."""

from logbook import logged
from rockrec.images import read_mosaic, write_mosaic
from rockrec.segmentation import load_unet, segment


@logged(snakemake)
def main():
    mosaic = read_mosaic(snakemake.input.denoised)
    unet = load_unet(snakemake.input.model, device=snakemake.resources.device)
    segmented = segment(unet, mosaic, **snakemake.params.segmentation)
    write_mosaic(snakemake.output.segmented, segmented, snakemake.params.pixel_size_nm)


main()

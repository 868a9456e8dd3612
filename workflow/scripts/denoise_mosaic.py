"""Denoise the raw mosaic with a bilateral filter."""

from logbook import logged
from rockrec.denoise import denoise
from rockrec.images import check_mosaic, read_mosaic, write_mosaic


@logged(snakemake)
def main():
    path = snakemake.input.mosaic
    mosaic = read_mosaic(path)
    check_mosaic(mosaic, path, at_least=2 * snakemake.params.denoise["radius"] + 1)
    denoised = denoise(mosaic, **snakemake.params.denoise)
    write_mosaic(snakemake.output.denoised, denoised, snakemake.params.pixel_size_nm)


main()

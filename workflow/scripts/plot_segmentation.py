"""Plot the segmented mosaics over their gray images."""

from rockrec.figures.segmentation import Field, Segmented, field_corners, plot_segmentation
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.mosaics import open_mosaic, read_contrast, read_small

FIELDS, SIDE, LONGEST = 3, 320, 1000


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    files = zip(inputs.denoised, inputs.segmented, inputs.contrast, strict=True)
    samples = {
        sample: segmented(*paths, phase, pixel_size_nm)
        for (sample,), phase, pixel_size_nm, paths in zip(
            params.whose["segmented"], params.phases, params.pixel_sizes_nm, files, strict=True
        )
    }
    save(plot_segmentation(samples), *snakemake.output, dpi=snakemake.params.dpi)


def segmented(denoised, labels, contrast, phase, pixel_size_nm):
    with open_mosaic(denoised) as gray, open_mosaic(labels) as found:
        side = min(SIDE, *gray.shape)
        fields = [
            Field(
                row,
                column,
                gray[row : row + side, column : column + side],
                found[row : row + side, column : column + side] == phase,
            )
            for row, column in field_corners(gray.shape, FIELDS, side)
        ]
        shape = gray.shape
    levels = read_contrast(contrast)
    return Segmented(
        shape,
        read_small(denoised, LONGEST),
        read_small(labels, LONGEST) == phase,
        fields,
        (levels.low, levels.high),
        pixel_size_nm,
    )


main()

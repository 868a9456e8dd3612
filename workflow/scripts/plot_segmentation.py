"""Plot the segmented mosaics over their gray images."""

from contextlib import ExitStack

from rockrec.figures.segmentation import Field, Segmented, field_corners, plot_segmentation
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.mosaics import Outside, open_mosaic, read_contrast, read_small
from rockrec.scan_faults.fault import read_faults

FIELDS, SIDE, LONGEST = 3, 320, 1000


@logged(snakemake)
def main():
    inputs, params = snakemake.input, snakemake.params
    files = zip(inputs.denoised, inputs.segmented, inputs.contrast, strict=True)
    marks, faults = (
        {sample: path for (sample,), path in zip(params.whose[name], inputs[name], strict=True)}
        for name in ("outside", "faults")
    )
    samples = {
        sample: segmented(*paths, marks.get(sample), faults.get(sample), phase, pixel_size_nm)
        for (sample,), phase, pixel_size_nm, paths in zip(
            params.whose["segmented"], params.phases, params.pixel_sizes_nm, files, strict=True
        )
    }
    save(plot_segmentation(samples), *snakemake.output, dpi=snakemake.params.dpi)


def segmented(denoised, labels, contrast, marks, faults, phase, pixel_size_nm):
    with ExitStack() as opened:
        gray, found = (opened.enter_context(open_mosaic(path)) for path in (denoised, labels))
        outside = Outside(opened.enter_context(open_mosaic(marks))) if marks else None
        side = min(SIDE, *gray.shape)
        fields = []
        for row, column in field_corners(gray.shape, FIELDS, side):
            at = slice(row, row + side), slice(column, column + side)
            hidden = None if outside is None else outside[at]
            fields.append(Field(row, column, gray[at], found[at] == phase, hidden))
        shape = gray.shape
    levels = read_contrast(contrast)
    return Segmented(
        shape,
        read_small(denoised, LONGEST),
        read_small(labels, LONGEST) == phase,
        fields,
        (levels.low, levels.high),
        pixel_size_nm,
        read_small(marks, LONGEST) > 0 if marks else None,
        read_faults(faults) if faults else (),
    )


main()

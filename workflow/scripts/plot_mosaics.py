"""Plot mosaics that methods drew, whole and in part."""

from rockrec.figures.mosaics import Drawn, plot_mosaics
from rockrec.figures.segmentation import field_corners
from rockrec.figures.sources import labels_of
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged
from rockrec.mosaics import open_mosaic, read_small

SIDE, LONGEST = 320, 1000


@logged(snakemake)
def main():
    labels = labels_of(snakemake.params.whose["mosaics"])
    drawn = dict(zip(labels, map(read, snakemake.input.mosaics), strict=True))
    save(plot_mosaics(drawn), *snakemake.output, dpi=snakemake.params.dpi)


def read(path):
    with open_mosaic(path) as mosaic:
        side = min(SIDE, *mosaic.shape)
        ((row, column),) = field_corners(mosaic.shape, 1, side)
        part = mosaic[row : row + side, column : column + side]
        return Drawn(
            read_small(path, LONGEST), mosaic.shape, part, (row, column), mosaic.pixel_size_nm
        )


main()

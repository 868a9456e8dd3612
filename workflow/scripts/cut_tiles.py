"""Cut the segmented mosaic into tiles, in three separate parts."""

import logging

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError
from rockrec.mosaics import open_mosaic, open_outside
from rockrec.plain.windows import count_splits, split_windows
from rockrec.tiles import write_tiles

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, output, threads = snakemake.input.segmented, snakemake.output, snakemake.threads
    marks = snakemake.input.get("outside"), snakemake.input.get("inspection")
    tiles, stated = snakemake.params.tiles, snakemake.params.mosaic
    phase, pixel_size_nm = stated["phase"], stated["pixel_size_nm"]
    window, size = tiles["window"], tiles["size"]
    fractions = tiles["validation_fraction"], tiles["heldout_fraction"]
    with open_mosaic(path, threads=threads) as mosaic, open_outside(*marks) as outside:
        try:
            windows = split_windows(
                *mosaic.shape, window, tiles["stride"], *fractions, outside=outside
            )
        except ValueError as error:
            raise ImageError(f"{path}: {error}") from error
        log.info("%s windows: %s", len(windows), count_splits(windows))
        table = write_tiles(
            output.tiles,
            *(mosaic, phase, windows, window, size, tiles["resize"], pixel_size_nm, threads),
        )
    fractions = table["phase_fraction"]
    if fractions.max() == 0 or fractions.min() == 1:
        which = "no pixel" if fractions.max() == 0 else "every pixel"
        raise ImageError(f"{path}: {which} of its windows is of phase {phase}")
    with written_whole(output.table) as partial:
        table.to_csv(partial, index=False)


main()

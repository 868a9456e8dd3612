"""Cut the segmented mosaic into tiles, in three separate parts."""

import logging

import pandas as pd

from logbook import logged
from rockrec.images import ImageError, check_phase, inspect_mosaic, read_mosaic, write_stack
from rockrec.outputs import written_whole
from rockrec.tiles import cut_tiles
from rockrec.windows import count_splits, split_windows

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path = snakemake.input.segmented
    tiles, phase = snakemake.params.tiles, snakemake.params.phase
    window, size = tiles["window"], tiles["size"]
    info = inspect_mosaic(path)
    if min(info.height, info.width) < window:
        raise ImageError(
            f"{path}: {info.height} x {info.width} px is smaller than one window of {window} px"
        )
    windows = split_windows(
        info.height,
        info.width,
        window,
        tiles["stride"],
        tiles["validation_fraction"],
        tiles["heldout_fraction"],
    )
    labels = read_mosaic(path)
    check_phase(labels, path, phase)
    stack = cut_tiles((labels == phase).view("uint8"), windows, window, size, tiles["resize"])

    counts = count_splits(windows)
    log.info("%s windows: %s", len(windows), counts)
    if counts["heldout"] < 30:
        log.warning("only %d held-out windows: no verdict under 30", counts["heldout"])

    table = pd.DataFrame(windows, columns=["row", "column", "split"])
    table["phase_fraction"] = stack.mean(axis=(1, 2))
    write_stack(snakemake.output.tiles, stack, snakemake.params.pixel_size_nm * window / size)
    with written_whole(snakemake.output.table) as partial:
        table.to_csv(partial, index=False)


main()

"""Make a synthetic rock: its gray mosaic, sparse labels, and the truth behind them."""

import numpy as np

from rockrec.housekeeping.logbook import logged
from rockrec.mosaics import write_mosaic
from rockrec.plain.seeds import seed_for
from rockrec.synthetic import RockVariant, rock_in_bands


@logged(snakemake)
def main():
    block, threads = dict(snakemake.params.rock), snakemake.threads
    pixel_size_nm, kind = block.pop("pixel_size_nm"), block.pop("synthetic")
    shape = block.pop("height"), block.pop("width")
    seed = seed_for(snakemake.params.seed, snakemake.wildcards.sample, "synthetic")
    bands = rock_in_bands(kind, *shape, seed, RockVariant.of(block))
    for name, path in (
        ("truth", snakemake.output.truth),
        ("gray", snakemake.output.mosaic),
        ("labels", snakemake.output.labels),
    ):
        write_mosaic(path, bands[name](threads), pixel_size_nm, shape, np.uint8, threads)


main()

"""Plot figure 5: F2 by image size and the representative elementary size."""

import pandas as pd

from rockrec.figures.res import plot_res
from rockrec.figures.style import save
from rockrec.housekeeping.logbook import logged


@logged(snakemake)
def main():
    inputs = snakemake.input
    samples = {
        sample: (pd.read_csv(curves), pd.read_csv(errors))
        for (sample,), curves, errors in zip(
            snakemake.params.whose["curves"], inputs.curves, inputs.errors, strict=True
        )
    }
    save(plot_res(samples), *snakemake.output, dpi=snakemake.params.dpi)


main()

"""Find the representative elementary size of a segmented mosaic."""

import logging

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.images import ImageError
from rockrec.label_values import value_table
from rockrec.mosaics import open_mosaic, open_outside
from rockrec.plain.seeds import seed_for
from rockrec.res import analyse_res

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path, params = snakemake.input.segmented, snakemake.params
    marks = snakemake.input.get("outside"), snakemake.input.get("inspection")
    with open_mosaic(path, threads=snakemake.threads) as mosaic, open_outside(*marks) as outside:
        try:
            analysis = analyse_res(
                mosaic,
                params.mosaic["phase"],
                params.res["sizes"],
                params.mosaic["pixel_size_nm"],
                descriptor=params.res["descriptor"],
                squares=params.res["squares"],
                repeats=params.res["repeats"],
                seed=seed_for(params.seed, snakemake.wildcards.sample),
                outside=outside,
            )
        except ValueError as error:
            raise ImageError(f"{path}: {error}") from error
        values = value_table(mosaic, outside)
    log.info("RES in mosaic px: %s", analysis.sizes)
    for table, output in (
        (analysis.curves, snakemake.output.curves),
        (analysis.errors, snakemake.output.errors),
        (analysis.references, snakemake.output.references),
        (values, snakemake.output.values),
    ):
        with written_whole(output) as partial:
            table.to_csv(partial, index=False)


main()

"""Find the representative elementary size of a segmented mosaic."""

import logging

from logbook import logged
from rockrec.images import check_phase, read_mosaic
from rockrec.outputs import written_whole
from rockrec.res import analyse_res
from rockrec.seeds import seed_for

log = logging.getLogger(__name__)


@logged(snakemake)
def main():
    path = snakemake.input.segmented
    labels = read_mosaic(path)
    check_phase(labels, path, snakemake.params.phase)
    analysis = analyse_res(
        (labels == snakemake.params.phase).view("uint8"),
        snakemake.params.res["sizes"],
        snakemake.params.pixel_size_nm,
        squares=snakemake.params.res["squares"],
        repeats=snakemake.params.res["repeats"],
        seed=seed_for(snakemake.params.seed, snakemake.wildcards.sample),
    )
    log.info("RES in mosaic px: %s", analysis.sizes)
    for table, output in (
        (analysis.curves, snakemake.output.curves),
        (analysis.errors, snakemake.output.errors),
    ):
        with written_whole(output) as partial:
            table.to_csv(partial, index=False)


main()
